package io.github.mgn4j.extract;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Keeps the buffers that no call uses for the next one: direct memory is freed late, and an application that asked for it
 * with every image would run out of it. Sizes are powers of two and the batch, so that few different ones are kept.
 * Thread-safe.
 */
final class BufferPool {
    private final int batch;
    private final int mostImages;
    private final IntFunction<BatchBuffer> maker;
    private final Map<Integer, Deque<BatchBuffer>> free = new HashMap<>();
    private boolean closed;

    /**
     * An empty pool.
     *
     * @param batch images in the largest buffers
     * @param mostImages that a buffer can hold, which may be fewer
     * @param maker makes a buffer of a capacity
     */
    BufferPool(int batch, int mostImages, IntFunction<BatchBuffer> maker) {
        this.batch = batch;
        this.mostImages = mostImages;
        this.maker = maker;
    }

    /** A buffer for {@code images} images, or for a batch where they are more. */
    BatchBuffer take(int images) {
        int capacity = capacity(images);
        synchronized (this) {
            Deque<BatchBuffer> known = free.get(capacity);
            if (known != null && !known.isEmpty()) {
                return known.pop();
            }
        }
        return maker.apply(capacity);
    }

    private int capacity(int images) {
        long powerOfTwo = Long.highestOneBit(Math.max(1, 2L * images - 1));
        return (int) Math.min(batch, Math.max(images, Math.min(powerOfTwo, mostImages)));
    }

    /** Takes a buffer back that nobody uses any more. */
    synchronized void give(BatchBuffer buffer) {
        if (!closed) {
            free.computeIfAbsent(buffer.capacity(), size -> new ArrayDeque<>()).push(buffer);
        }
    }

    /** Forgets all buffers, and those that come back later. */
    synchronized void close() {
        closed = true;
        free.clear();
    }
}
