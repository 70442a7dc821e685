package io.github.mgn4j.data;

import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Decodes and resizes images, and keeps the first of them up to a number of bytes. Nothing is ever dropped: an epoch's
 * order is random, so dropping the oldest would drop what is as likely wanted next as anything else. Thread-safe.
 */
final class ImageCache {
    private final List<ReidImage> images;
    private final Preprocessor preprocessor;
    private final AtomicReferenceArray<RgbImage> kept;
    private final AtomicLong bytesLeft;

    ImageCache(List<ReidImage> images, Preprocessor preprocessor, long bytes) {
        this.images = images;
        this.preprocessor = preprocessor;
        kept = new AtomicReferenceArray<>(bytes > 0 ? images.size() : 0);
        bytesLeft = new AtomicLong(bytes);
    }

    ReidImage image(int i) {
        return images.get(i);
    }

    /**
     * An image at the network's size.
     *
     * @throws IOException if it cannot be read, naming the file
     * @throws IllegalArgumentException if it is no image that can be decoded, naming the file
     */
    RgbImage get(int i) throws IOException {
        RgbImage found = i < kept.length() ? kept.get(i) : null;
        if (found != null) {
            return found;
        }
        Path path = images.get(i).path();
        RgbImage image = preprocessor.resize(decode(path));
        long bytes = (long) image.width() * image.height() * RgbImage.CHANNELS;
        if (i < kept.length() && bytesLeft.get() >= bytes) {
            // Two threads may both come here for one image: only the one that puts it in pays for it.
            if (bytesLeft.addAndGet(-bytes) < 0 || !kept.compareAndSet(i, null, image)) {
                bytesLeft.addAndGet(bytes);
            }
        }
        return image;
    }

    private static RgbImage decode(Path path) throws IOException {
        try {
            return ImageDecoder.decode(path);
        } catch (FileSystemException | InterruptedIOException | ClosedByInterruptException e) {
            throw e; // these name the file, or have nothing to do with it
        } catch (IOException e) {
            throw new IOException(FileNames.text(path) + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IllegalStateException(FileNames.text(path) + ": " + e, e);
        }
    }
}
