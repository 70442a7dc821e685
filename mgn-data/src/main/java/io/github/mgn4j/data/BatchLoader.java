package io.github.mgn4j.data;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.image.Preprocessor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Prepares training batches ahead of their use: an endless stream in the sampler's order, whatever the timing of the
 * threads. Memory is bounded: {@code prefetch + 1} buffers of one batch each, which are used again and again, and the
 * cache. For one consumer; {@link #close} ends the threads, which are daemons.
 */
public final class BatchLoader implements AutoCloseable {
    private static final long AUGMENTATION = 0x41756721L;

    private final ImageCache images;
    private final IdentityBalancedSampler sampler;
    private final Preprocessor preprocessor;
    private final Augmentation augmentation;
    private final Layout layout;
    private final long seed;
    private final ExecutorService workers;
    private final Deque<Future<Batch>> ahead = new ArrayDeque<>();
    private final Deque<FloatBuffer> free = new ArrayDeque<>();
    private long epoch;
    private int position;
    private @Nullable Batch current;
    private @Nullable Throwable failure;
    private boolean closed;

    private BatchLoader(Builder builder, long epoch, int position) {
        images = new ImageCache(builder.images, builder.preprocessor, builder.cacheBytes);
        sampler = builder.sampler;
        preprocessor = builder.preprocessor;
        augmentation = builder.augmentation;
        layout = builder.layout;
        seed = builder.seed;
        this.epoch = epoch;
        this.position = position;
        for (int i = 0; i <= builder.prefetch; i++) {
            free.add(ByteBuffer.allocateDirect(sampler.batchSize() * preprocessor.length() * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer());
        }
        workers = Executors.newFixedThreadPool(
                builder.threads,
                new ThreadFactoryBuilder()
                        .setDaemon(true)
                        .setNameFormat("mgn-loader-%d")
                        .build());
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
     */
    public synchronized Batch next() throws IOException {
        throwFailure();
        if (closed) {
            throw new IllegalStateException("the loader is closed");
        }
        if (current != null) {
            free.add(current.images());
            current = null;
        }
        while (!free.isEmpty()) {
            submit(free.remove());
        }
        try {
            Batch batch = ahead.remove().get();
            current = batch;
            return batch;
        } catch (ExecutionException e) {
            failure = e.getCause() == null ? e : e.getCause();
            close();
            throwFailure();
            throw new IllegalStateException(failure); // not reached
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = new InterruptedIOException("interrupted while waiting for a batch");
            close();
            throw (InterruptedIOException) failure;
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
        ahead.add(workers.submit(() -> load(batchEpoch, batchPosition, buffer)));
        position++;
        if (position == sampler.iterationsPerEpoch()) {
            position = 0;
            epoch++;
        }
    }

    private Batch load(long batchEpoch, int batchPosition, FloatBuffer buffer) throws IOException {
        int[] chosen = sampler.batch(batchEpoch, batchPosition);
        for (int i = 0; i < chosen.length; i++) {
            if (Thread.interrupted()) {
                throw new InterruptedIOException("the loader is closed");
            }
            TrainingSample sample = augmentation.apply(
                    new TrainingSample(images.get(chosen[i]), false),
                    Seeds.random(seed, AUGMENTATION, batchEpoch, batchPosition, i));
            preprocessor.write(sample.image(), sample.mirrored(), layout, buffer, i * preprocessor.length());
        }
        IdentityIndex index = sampler.index();
        int[] labels = Arrays.stream(chosen).map(index::label).toArray();
        return new Batch(
                batchEpoch,
                batchPosition,
                chosen.length,
                buffer,
                ImmutableIntArray.copyOf(labels),
                ImmutableIntArray.copyOf(Arrays.stream(labels).map(index::pid).toArray()));
    }

    /** Ends the threads; a batch that is being prepared is given up. */
    @Override
    public synchronized void close() {
        closed = true;
        workers.shutdownNow();
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
        private int threads = 2;
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
        public Builder augmentation(Augmentation value) {
            augmentation = value;
            return this;
        }

        /** The order of the floats; {@link Layout#NHWC} by default. */
        public Builder layout(Layout value) {
            layout = value;
            return this;
        }

        /** Worker threads; 2 by default. Each prepares a batch of its own. */
        public Builder threads(int value) {
            DatasetException.check(value >= 1 && value <= 1024, "1 to 1024 loader threads wanted, not %s", value);
            threads = value;
            return this;
        }

        /** How many batches are prepared beside the one in use; 2 by default. */
        public Builder prefetch(int value) {
            DatasetException.check(value >= 1 && value <= 1024, "1 to 1024 batches ahead wanted, not %s", value);
            prefetch = value;
            return this;
        }

        /** Bytes of resized images that are kept in memory; 0, none, by default. */
        public Builder cacheBytes(long value) {
            DatasetException.check(value >= 0, "a cache of at least 0 bytes wanted, not %s", value);
            cacheBytes = value;
            return this;
        }

        /** The seed of the augmentation; 0 by default. */
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
