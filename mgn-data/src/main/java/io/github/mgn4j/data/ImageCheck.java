package io.github.mgn4j.data;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.ProgressListener;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Finds images that cannot be read, using all processors. */
public enum ImageCheck {
    /** Checks nothing. */
    NONE {
        @Override
        boolean isSuspect(Path image) {
            return false;
        }
    },
    /**
     * Checks both ends of each file, and decodes files that do not begin or end as a JPEG, PNG or BMP should. This finds empty
     * files, web pages and broken downloads, but no damage in the middle of a file.
     */
    QUICK {
        @Override
        boolean isSuspect(Path image) throws IOException {
            try (FileChannel file = FileChannel.open(image)) {
                long size = file.size();
                ByteBuffer head = read(file, 0, (int) Math.min(size, END));
                ByteBuffer tail = read(file, Math.max(0, size - END), (int) Math.min(size, END));
                return !looksWhole(head, tail, size);
            }
        }
    },
    /** Decodes every image. */
    DECODE {
        @Override
        boolean isSuspect(Path image) {
            return true;
        }
    };

    private static final int END = 12;

    abstract boolean isSuspect(Path image) throws IOException;

    private static ByteBuffer read(FileChannel file, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) >= 0) {}
        return bytes.flip();
    }

    private static boolean looksWhole(ByteBuffer head, ByteBuffer tail, long size) {
        if (head.remaining() < END || tail.remaining() < END) {
            return false;
        }
        if (head.getShort(0) == (short) 0xFFD8) {
            return tail.getShort(END - 2) == (short) 0xFFD9;
        }
        if (head.getLong(0) == 0x89504E470D0A1A0AL) {
            return tail.getLong(END - 8) == 0x49454E44AE426082L; // IEND and its checksum
        }
        return head.getShort(0) == 0x424D && Integer.reverseBytes(head.getInt(2)) == size;
    }

    /**
     * Returns the images that cannot be read.
     *
     * @param progress receives the progress; called by several threads, one at a time
     * @return the unreadable images in the order of {@code images}, each once
     * @throws InterruptedIOException if the calling thread is interrupted
     */
    public List<UnreadableImage> unreadable(List<ReidImage> images, ProgressListener progress)
            throws InterruptedIOException {
        if (this == NONE || images.isEmpty()) {
            return List.of();
        }
        AtomicReferenceArray<@Nullable UnreadableImage> problems = new AtomicReferenceArray<>(images.size());
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        int threads = Math.min(images.size(), Runtime.getRuntime().availableProcessors());
        ExecutorService workers = Executors.newFixedThreadPool(
                threads,
                new ThreadFactoryBuilder()
                        .setDaemon(true)
                        .setNameFormat("mgn-check-%d")
                        .build());
        try {
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                parts.add(workers.submit(() -> {
                    for (int at = next.getAndIncrement(); at < images.size(); at = next.getAndIncrement()) {
                        problems.set(at, check(images.get(at)));
                        synchronized (done) {
                            progress.progress(done.incrementAndGet(), images.size());
                        }
                    }
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
        } catch (ExecutionException e) {
            Throwables.throwIfUnchecked(e.getCause() == null ? e : e.getCause());
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while checking images");
        } finally {
            next.set(images.size());
            workers.shutdownNow();
        }
        List<UnreadableImage> unreadable = new ArrayList<>();
        for (int i = 0; i < problems.length(); i++) {
            UnreadableImage image = problems.get(i);
            if (image != null) {
                unreadable.add(image);
            }
        }
        return unreadable;
    }

    private @Nullable UnreadableImage check(ReidImage image) {
        Path path = image.path();
        try {
            if (isSuspect(path)) {
                ImageDecoder.decode(path);
            }
            return null;
        } catch (IOException | IllegalArgumentException e) {
            return UnreadableImage.of(image, e);
        }
    }
}
