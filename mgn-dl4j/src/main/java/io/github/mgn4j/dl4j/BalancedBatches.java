package io.github.mgn4j.dl4j;

import com.google.common.base.Preconditions;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.data.BatchLoader;
import io.github.mgn4j.data.IdentityBalancedSampler;
import io.github.mgn4j.data.IdentityIndex;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What both iterators share: the epochs of a sampler, batch by batch, as arrays of ND4J. The threads of a {@link BatchLoader}
 * read ahead; {@link #close} ends them, and a later request starts them again where they were.
 */
final class BalancedBatches {
    private final IdentityBalancedSampler sampler;
    private final BatchLoader.Builder loaders;
    private final long[] shape;
    private final float[] values;
    private final Set<UnreadableImage> skipped = new LinkedHashSet<>();
    private @Nullable BatchLoader loader;
    private long epoch;
    private int position;

    /** The images {@code [batch, ...]} and their one-hot labels {@code [batch, classes]}, both float32. */
    record Arrays(INDArray images, INDArray labels) {}

    /**
     * Creates the batches of a loader.
     *
     * @param loaders a builder of loaders with that sampler, preprocessor and layout
     */
    BalancedBatches(
            IdentityBalancedSampler sampler, BatchLoader.Builder loaders, Preprocessor preprocessor, Layout layout) {
        this.sampler = sampler;
        this.loaders = loaders;
        int height = preprocessor.size().height();
        int width = preprocessor.size().width();
        shape = switch (layout) {
            case NCHW -> new long[] {sampler.batchSize(), 3, height, width};
            case NHWC -> new long[] {sampler.batchSize(), height, width, 3};
        };
        values = new float[sampler.batchSize() * preprocessor.length()];
    }

    synchronized boolean hasNext() {
        return position < sampler.iterationsPerEpoch();
    }

    synchronized Arrays next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch is over; reset() begins the next");
        }
        try {
            Batch batch = load();
            position++;
            batch.images().get(0, values);
            return new Arrays(Nd4j.create(values, shape), oneHot(batch));
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    Arrays next(int images) {
        Preconditions.checkArgument(
                images == sampler.batchSize(),
                "identity-balanced batches have %s images, not %s",
                sampler.batchSize(),
                images);
        return next();
    }

    /**
     * Returns the next batch, even if the thread is interrupted. DL4J's asynchronous iterators reset by interrupting their
     * thread: they expect no exception, and need the interrupt to end their own waiting.
     */
    private Batch load() throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                if (loader == null) {
                    loader = loaders.start(epoch, position);
                }
                try {
                    return loader.next();
                } catch (InterruptedIOException e) {
                    if (!Thread.interrupted()) {
                        throw e;
                    }
                    interrupted = true;
                    close();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private INDArray oneHot(Batch batch) {
        float[] labels = new float[batch.size() * classes()];
        for (int i = 0; i < batch.size(); i++) {
            labels[i * classes() + batch.labels().get(i)] = 1;
        }
        return Nd4j.create(labels, batch.size(), classes());
    }

    /** Begins the next epoch. At the beginning of an epoch it does nothing. */
    synchronized void reset() {
        if (position > 0) {
            if (hasNext()) {
                close(); // prepared batches belong to the abandoned epoch
            }
            epoch++;
            position = 0;
        }
    }

    int size() {
        return sampler.batchSize();
    }

    int valuesPerImage() {
        return values.length / size();
    }

    int classes() {
        return sampler.index().classes();
    }

    /** Returns the persons of the classes, as text. */
    List<String> names() {
        IdentityIndex index = sampler.index();
        return IntStream.range(0, classes())
                .mapToObj(c -> String.valueOf(index.pid(c)))
                .toList();
    }

    synchronized List<UnreadableImage> skipped() {
        if (loader != null) {
            skipped.addAll(loader.skipped());
        }
        return List.copyOf(skipped);
    }

    synchronized void close() {
        if (loader != null) {
            loader.close();
            skipped.addAll(loader.skipped());
            loader = null;
        }
    }
}
