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
 * Prepares training batches ahead of their use: an endless stream in the sampler's order, whatever the timing of the
 * threads. Memory is bounded: {@code prefetch + 1} buffers of one batch each, which are used again and again, and the
 * cache. The threads share the work of each batch, identity by identity.
 *
 * <p>For one consumer; {@link #close} may come from any thread, and wakes the consumer. The threads are daemons and end
 * with {@code close}, after a failure, and by themselves when nobody has asked for a batch for a second: an owner that
 * forgets its loader, or dies, leaves none behind.
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

    /** A batch in the making: one task for each identity. */
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

    /** A loader of training images; {@code sampler} must index the same list. */
    public static Builder builder(List<ReidImage> images, IdentityBalancedSampler sampler, Preprocessor preprocessor) {
        return new Builder(images, sampler, preprocessor);
    }

    /**
     * The next batch; waits until it is ready. The one before must not be used any more.
     *
     * @throws IOException when an image could not be read, naming its file; every later call throws it again
     * @throws IllegalArgumentException when a file is not an image that can be decoded, naming it; as above
     * @throws IllegalStateException when the loader is closed, before or while this waits
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
            checkOpen(); // close comes at any moment: before a task is taken, after, or when it is asked for
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
     * The images that could not be read so far and were replaced, each once, in their order in the list; none under
     * {@link OnError#FAIL}. As batches are prepared ahead, some may not have been missed yet. May be called after closing.
     */
    public List<UnreadableImage> skipped() {
        return List.copyOf(filler.unreadable());
    }

    /** Ends the threads; batches that are being prepared are given up. */
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

    /** Sets up a {@link BatchLoader}. */
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

        /** What is done to the images; nothing by default. */
        @CanIgnoreReturnValue
        public Builder augmentation(Augmentation value) {
            augmentation = value;
            return this;
        }

        /** The order of the floats; {@link Layout#NHWC} by default. */
        @CanIgnoreReturnValue
        public Builder layout(Layout value) {
            layout = value;
            return this;
        }

        /**
         * What is done about an image that cannot be read: {@link OnError#FAIL}, the default, ends the stream with its
         * exception; {@link OnError#SKIP} takes the next image of the same identity that can be read, one that is not in
         * the batch already if there is one, and notes it in {@link BatchLoader#skipped}. An identity without any image
         * that can be read ends the stream all the same.
         */
        @CanIgnoreReturnValue
        public Builder onError(OnError value) {
            onError = value;
            return this;
        }

        /** Worker threads; by default half of the processors, at least 2, at most 8. */
        @CanIgnoreReturnValue
        public Builder threads(int value) {
            DatasetException.check(value >= 1 && value <= 1024, "1 to 1024 loader threads wanted, not %s", value);
            threads = value;
            return this;
        }

        /** How many batches are prepared beside the one in use; 2 by default. */
        @CanIgnoreReturnValue
        public Builder prefetch(int value) {
            DatasetException.check(value >= 1 && value <= 1024, "1 to 1024 batches ahead wanted, not %s", value);
            prefetch = value;
            return this;
        }

        /** Bytes of resized images that are kept in memory; 0, none, by default. */
        @CanIgnoreReturnValue
        public Builder cacheBytes(long value) {
            DatasetException.check(value >= 0, "a cache of at least 0 bytes wanted, not %s", value);
            cacheBytes = value;
            return this;
        }

        /** The seed of the augmentation; 0 by default. */
        @CanIgnoreReturnValue
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Starts at the first batch. */
        public BatchLoader start() {
            return start(0, 0);
        }

        /** Starts at any batch: where an interrupted training goes on. */
        public BatchLoader start(long epoch, int position) {
            DatasetException.check(
                    epoch >= 0 && position >= 0 && position < sampler.iterationsPerEpoch(),
                    "epoch %s, position %s: wanted from 0, below %s iterations",
                    epoch,
                    position,
                    sampler.iterationsPerEpoch());
            return new BatchLoader(this, epoch, position);
        }
    }
}
