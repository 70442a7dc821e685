package io.github.mgn4j.data;

import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.ReidImage;
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
 * Decodes and resizes images, and keeps the first of them up to a number of bytes. Cached images are never evicted: the order
 * of an epoch is random, so the next use of every image is equally likely. Thread-safe.
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
     * Returns an image at the network's size.
     *
     * @throws IOException if it cannot be read, naming the file
     * @throws IllegalArgumentException if it is not a valid image, naming the file
     */
    RgbImage get(int i) throws IOException {
        RgbImage cached = i < kept.length() ? kept.get(i) : null;
        if (cached != null) {
            return cached;
        }
        Path path = images.get(i).path();
        RgbImage image = preprocessor.resize(decode(path));
        long bytes = (long) image.width() * image.height() * RgbImage.CHANNELS;
        if (i < kept.length() && bytesLeft.get() >= bytes) {
            // Two threads may load the same image: only the one that stores it is charged for it.
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
            throw e; // these name the file, or are unrelated to it
        } catch (IOException e) {
            throw new IOException(FileNames.text(path) + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IllegalStateException(FileNames.text(path) + ": " + e, e);
        }
    }
}
