package io.github.mgn4j.data;

import com.google.common.base.Suppliers;
import com.google.common.primitives.ImmutableIntArray;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Prepares training batches in the background: an endless stream in the sampler's order, independent of the timing of the
 * threads. Memory is limited to {@code prefetch + 1} buffers of one batch each, which are reused, and the cache. The threads
 * share the work of each batch by identity.
 *
 * <p>For a single consumer. {@link #close} may be called from any thread and wakes the consumer. The threads are daemons.
 * They end after {@code close}, after a failure, and after a second without a call of {@link #next}, so that an abandoned
 * loader leaves no threads behind.
 */
public final class BatchLoader implements AutoCloseable {
    private static final long IDLE_SECONDS = 1;

    private final BatchFiller filler;
    private final IdentityBalancedSampler sampler;
    private final int k;
    private final ThreadPoolExecutor workers;
    private final Deque<Pending> ahead = new ConcurrentLinkedDeque<>();
    private final Deque<FloatBuffer> free = new ConcurrentLinkedDeque<>();
    private long epoch;
    private int position;
    private @Nullable Batch current;
    private @Nullable Throwable failure;
    private volatile boolean closed;

    /** A batch in preparation: one task for each identity. */
    private record Pending(
            long epoch, int position, Supplier<int[]> chosen, FloatBuffer buffer, List<Future<?>> parts) {}

    private BatchLoader(Builder builder, long epoch, int position) {
        sampler = builder.sampler;
        k = sampler.imagesPerIdentity();
        filler = new BatchFiller(
                new ImageCache(builder.images, builder.preprocessor, builder.cacheBytes),
                sampler.index(),
                builder.preprocessor,
                builder.augmentation,
                builder.layout,
                builder.seed,
                builder.onError);
        this.epoch = epoch;
        this.position = position;
        for (int i = 0; i <= builder.prefetch; i++) {
            free.add(Buffers.allocate((long) sampler.batchSize() * builder.preprocessor.length()));
        }
        workers = new ThreadPoolExecutor(
                builder.threads,
                builder.threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new ThreadFactoryBuilder()
                        .setDaemon(true)
                        .setNameFormat("mgn-loader-%d")
                        .build());
        workers.allowCoreThreadTimeOut(true);
    }

    /**
     * Returns a builder of loaders.
     *
     * @param images the training images; {@code sampler} must index the same list
     */
    public static Builder builder(List<ReidImage> images, IdentityBalancedSampler sampler, Preprocessor preprocessor) {
        return new Builder(images, sampler, preprocessor);
    }

    /**
     * Returns the next batch and waits until it is ready. The previous batch must not be used afterwards.
     *
     * @throws IOException if an image cannot be read, naming its file; every later call throws it again
     * @throws IllegalArgumentException if a file is not a valid image, naming it; every later call throws it again
     * @throws IllegalStateException if the loader is closed, before or during the wait
     */
    public synchronized Batch next() throws IOException {
        throwFailure();
        checkOpen();
        if (current != null) {
            free.add(current.images());
            current = null;
        }
        try {
            for (FloatBuffer buffer = free.poll(); buffer != null; buffer = free.poll()) {
                submit(buffer);
            }
            current = finished(ahead.remove());
            return current;
        } catch (ExecutionException e) {
            checkOpen();
            failure = e.getCause() == null ? e : e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = new InterruptedIOException("interrupted while waiting for a batch");
        } catch (CancellationException | RejectedExecutionException | NoSuchElementException e) {
            checkOpen(); // close may happen before a task is taken, after, or while it is requested
            failure = e;
        }
        close();
        throwFailure();
        throw new IllegalStateException(failure); // not reached
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the loader is closed");
        }
    }

    private void throwFailure() throws IOException {
        if (failure instanceof IOException io) {
            throw io;
        }
        if (failure instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    private void submit(FloatBuffer buffer) {
        long batchEpoch = epoch;
        int batchPosition = position;
        Supplier<int[]> chosen = Suppliers.memoize(() -> sampler.batch(batchEpoch, batchPosition));
        List<Future<?>> parts = new ArrayList<>();
        for (int i = 0; i < sampler.batchSize(); i += k) {
            int from = i;
            parts.add(workers.submit(() -> {
                filler.fill(batchEpoch, batchPosition, chosen.get(), from, from + k, buffer);
                return null;
            }));
        }
        ahead.add(new Pending(batchEpoch, batchPosition, chosen, buffer, parts));
        position++;
        if (position == sampler.iterationsPerEpoch()) {
            position = 0;
            epoch++;
        }
    }

    private Batch finished(Pending batch) throws ExecutionException, InterruptedException {
        for (Future<?> part : batch.parts()) {
            part.get();
        }
        IdentityIndex index = sampler.index();
        int[] labels = Arrays.stream(batch.chosen().get()).map(index::label).toArray();
        return new Batch(
                batch.epoch(),
                batch.position(),
                labels.length,
                batch.buffer(),
                ImmutableIntArray.copyOf(labels),
                ImmutableIntArray.copyOf(Arrays.stream(labels).map(index::pid).toArray()));
    }

    /**
     * Returns the images that could not be read so far and were replaced, each once, in the order of the list; none under
     * {@link OnError#FAIL}. Batches are prepared ahead, so some of these images may belong to future batches. May be called
     * after closing.
     */
    public List<UnreadableImage> skipped() {
        return List.copyOf(filler.unreadable());
    }

    /** Ends the threads and discards the batches in preparation. */
    @Override
    public void close() {
        closed = true;
        for (Runnable waiting : workers.shutdownNow()) {
            if (waiting instanceof Future<?> part) {
                part.cancel(false); // a consumer may be waiting for it
            }
        }
        ahead.clear();
        free.clear();
    }

    /** Builds a {@link BatchLoader}. Not thread-safe. */
    public static final class Builder {
        private final List<ReidImage> images;
        private final IdentityBalancedSampler sampler;
        private final Preprocessor preprocessor;
        private Augmentation augmentation = Augmentation.NONE;
        private Layout layout = Layout.NHWC;
        private OnError onError = OnError.FAIL;
        private int threads = Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors() / 2));
        private int prefetch = 2;
        private long cacheBytes;
        private long seed;

        private Builder(List<ReidImage> images, IdentityBalancedSampler sampler, Preprocessor preprocessor) {
            DatasetException.check(
                    images.size() == sampler.index().images(),
                    "the sampler indexes %s images, the list has %s",
                    sampler.index().images(),
                    images.size());
            DatasetException.check(
                    (long) sampler.batchSize() * preprocessor.length() * Float.BYTES <= Integer.MAX_VALUE,
                    "a batch of %s images of %s floats does not fit into one buffer of 2 GiB",
                    sampler.batchSize(),
                    preprocessor.length());
            this.images = List.copyOf(images);
            this.sampler = sampler;
            this.preprocessor = preprocessor;
        }

        /** Sets the augmentation of the images; none by default. */
        @CanIgnoreReturnValue
        public Builder augmentation(Augmentation value) {
            augmentation = value;
            return this;
        }

        /** Sets the order of the floats; {@link Layout#NHWC} by default. */
        @CanIgnoreReturnValue
        public Builder layout(Layout value) {
            layout = value;
            return this;
        }

        /**
         * Sets what to do about an image that cannot be read. {@link OnError#FAIL}, the default, ends the stream with its exception.
         * {@link OnError#SKIP} takes the next readable image of the same identity, outside the batch if possible, and records the
         * unreadable one in {@link BatchLoader#skipped}. An identity without any readable image still ends the stream.
         */
        @CanIgnoreReturnValue
        public Builder onError(OnError value) {
            onError = value;
            return this;
        }

        /** Sets the number of worker threads; by default half of the processors, at least 2, at most 8. */
        @CanIgnoreReturnValue
        public Builder threads(int value) {
            DatasetException.check(value >= 1 && value <= 1024, "1 to 1024 loader threads expected, not %s", value);
            threads = value;
            return this;
        }

        /** Sets the number of batches that are prepared ahead of the current one; 2 by default. */
        @CanIgnoreReturnValue
        public Builder prefetch(int value) {
            DatasetException.check(value >= 1 && value <= 1024, "1 to 1024 batches ahead expected, not %s", value);
            prefetch = value;
            return this;
        }

        /** Sets the bytes of resized images that are cached in memory; 0 by default, which disables the cache. */
        @CanIgnoreReturnValue
        public Builder cacheBytes(long value) {
            DatasetException.check(value >= 0, "a cache of at least 0 bytes expected, not %s", value);
            cacheBytes = value;
            return this;
        }

        /** Sets the seed of the augmentation; 0 by default. */
        @CanIgnoreReturnValue
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Starts the loader at the first batch. */
        public BatchLoader start() {
            return start(0, 0);
        }

        /**
         * Starts the loader at any batch, such as the one at which an interrupted training resumes.
         *
         * @param epoch from 0
         * @param position within the epoch, from 0
         * @throws DatasetException if there is no such batch
         */
        public BatchLoader start(long epoch, int position) {
            DatasetException.check(
                    epoch >= 0 && position >= 0 && position < sampler.iterationsPerEpoch(),
                    "epoch %s, position %s: expected from 0, below %s iterations",
                    epoch,
                    position,
                    sampler.iterationsPerEpoch());
            return new BatchLoader(this, epoch, position);
        }
    }
}
