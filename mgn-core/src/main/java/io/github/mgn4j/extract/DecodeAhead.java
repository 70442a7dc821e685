package io.github.mgn4j.extract;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Decodes and resizes files on other threads, a bounded number ahead of the reader, who gets them in order. */
final class DecodeAhead implements AutoCloseable {
    private final ExecutorService threads;
    private final Iterator<Path> images;
    private final Preprocessor preprocessor;
    private final Queue<Future<RgbImage>> ahead = new ArrayDeque<>();

    DecodeAhead(List<Path> images, Preprocessor preprocessor, int decoders, int window) {
        this.images = images.iterator();
        this.preprocessor = preprocessor;
        threads = Executors.newFixedThreadPool(decoders, task -> {
            Thread thread = new Thread(task, "mgn-decode");
            thread.setDaemon(true);
            return thread;
        });
        for (int i = 0; i < window; i++) {
            submit();
        }
    }

    private void submit() {
        if (images.hasNext()) {
            Path image = images.next();
            ahead.add(threads.submit(() -> preprocessor.resize(ImageDecoder.decode(image))));
        }
    }

    /** The next image, at the network's input size. */
    RgbImage next() throws IOException {
        Future<RgbImage> first = ahead.remove();
        submit();
        try {
            return Objects.requireNonNull(Uninterruptibles.getUninterruptibly(first));
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            Throwables.throwIfInstanceOf(cause, IOException.class);
            Throwables.throwIfUnchecked(cause);
            throw new IllegalStateException(cause);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
