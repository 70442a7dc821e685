package io.github.mgn4j.extract;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Keeps unused buffers for later calls. Direct memory is freed late, so an application that allocated it for each image
 * would run out of it. Capacities are powers of two and the batch size, which limits the number of different ones.
 * Thread-safe.
 */
final class BufferPool {
    private final int batch;
    private final int maxImages;
    private final IntFunction<BatchBuffer> maker;
    private final Map<Integer, Deque<BatchBuffer>> free = new HashMap<>();
    private boolean closed;

    /**
     * Creates an empty pool.
     *
     * @param batch capacity of the largest buffers in images
     * @param maxImages the most images that one buffer can hold, which may be fewer than {@code batch}
     * @param maker creates a buffer of a capacity
     */
    BufferPool(int batch, int maxImages, IntFunction<BatchBuffer> maker) {
        this.batch = batch;
        this.maxImages = maxImages;
        this.maker = maker;
    }

    /** Returns a buffer for {@code images} images, or for a full batch if there are more. */
    BatchBuffer take(int images) {
        int capacity = capacity(images);
        synchronized (this) {
            Deque<BatchBuffer> available = free.get(capacity);
            if (available != null && !available.isEmpty()) {
                return available.pop();
            }
        }
        return maker.apply(capacity);
    }

    private int capacity(int images) {
        long powerOfTwo = Long.highestOneBit(Math.max(1, 2L * images - 1));
        return (int) Math.min(batch, Math.max(images, Math.min(powerOfTwo, maxImages)));
    }

    /** Takes back a buffer, which the caller must not use afterwards. */
    synchronized void give(BatchBuffer buffer) {
        if (!closed) {
            free.computeIfAbsent(buffer.capacity(), size -> new ArrayDeque<>()).push(buffer);
        }
    }

    /** Drops all buffers, and those that are returned later. */
    synchronized void close() {
        closed = true;
        free.clear();
    }
}
