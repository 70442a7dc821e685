package io.github.mgn4j.train.nd4j;

import io.github.mgn4j.data.Batch;
import io.github.mgn4j.data.BatchLoader;
import io.github.mgn4j.data.IdentityBalancedSampler;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Identity-balanced batches for DL4J's {@code ComputationGraph.fit} and SameDiff's {@code fit}. One pass is one epoch
 * of the sampler. {@link #reset}, which DL4J calls between epochs, begins the next epoch.
 *
 * <p>Each element has one array of features, float32, {@code [batch, 3, height, width]} or {@code [batch, height,
 * width, 3]} by the layout, and one array of one-hot labels, float32, {@code [batch, classes]}, as DL4J's output layers
 * expect. For a network with several outputs, a pre-processor repeats the labels. The caller owns the arrays; they are
 * not reused.
 *
 * <p>The iterator reads ahead on threads of its own. DL4J still wraps it in an {@code AsyncMultiDataSetIterator}, which
 * then overlaps the copy into ND4J's memory with the training. Both work, and give the same batches.
 *
 * <p>For one consumer at a time. Not serializable, although the interface is. {@link #close} ends the threads.
 */
public final class ReidMultiDataSetIterator implements MultiDataSetIterator, AutoCloseable {
    private final IdentityBalancedSampler sampler;
    private final BatchLoader.Builder builder;
    private final long[] shape;
    private final float[] values;
    private final Set<UnreadableImage> skipped = new LinkedHashSet<>();
    private @Nullable BatchLoader loader;
    private @Nullable MultiDataSetPreProcessor afterwards;
    private long epoch;
    private int position;

    /** Creates an iterator over batches without augmentation. */
    public ReidMultiDataSetIterator(
            List<ReidImage> images, IdentityBalancedSampler sampler, Preprocessor preprocessor, Layout layout) {
        this(images, sampler, preprocessor, layout, UnaryOperator.identity());
    }

    /**
     * Creates an iterator with all the settings of a {@link BatchLoader}.
     *
     * @param sampler must index the same images
     * @param settings sets augmentation, seed, threads, ... of the loader; its layout is always {@code layout}
     * @throws io.github.mgn4j.data.DatasetException if images and sampler do not belong together
     */
    public ReidMultiDataSetIterator(
            List<ReidImage> images,
            IdentityBalancedSampler sampler,
            Preprocessor preprocessor,
            Layout layout,
            UnaryOperator<BatchLoader.Builder> settings) {
        this.sampler = sampler;
        builder = settings.apply(BatchLoader.builder(images, sampler, preprocessor))
                .layout(layout);
        int height = preprocessor.size().height();
        int width = preprocessor.size().width();
        shape = switch (layout) {
            case NCHW -> new long[] {sampler.batchSize(), 3, height, width};
            case NHWC -> new long[] {sampler.batchSize(), height, width, 3};
        };
        values = new float[sampler.batchSize() * preprocessor.length()];
    }

    @Override
    public synchronized boolean hasNext() {
        return position < sampler.iterationsPerEpoch();
    }

    /**
     * Returns the next batch of this epoch.
     *
     * @throws NoSuchElementException at the end of the epoch
     * @throws UncheckedIOException if an image cannot be read; the message names its file
     * @throws IllegalArgumentException if a file is not an image that can be decoded; the message names it
     */
    @Override
    public synchronized MultiDataSet next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch is over; reset() begins the next");
        }
        try {
            Batch batch = load();
            position++;
            batch.images().get(0, values);
            MultiDataSet result = new org.nd4j.linalg.dataset.MultiDataSet(Nd4j.create(values, shape), oneHot(batch));
            if (afterwards != null) {
                afterwards.preProcess(result);
            }
            return result;
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the next batch, even if the thread is interrupted. {@code AsyncMultiDataSetIterator} resets by
     * interrupting its thread: it expects no exception, and needs the interrupt to end its own waiting.
     */
    private Batch load() throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                if (loader == null) {
                    loader = builder.start(epoch, position);
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
        float[] labels = new float[batch.size() * sampler.index().classes()];
        for (int i = 0; i < batch.size(); i++) {
            labels[i * sampler.index().classes() + batch.labels().get(i)] = 1;
        }
        return Nd4j.create(labels, batch.size(), sampler.index().classes());
    }

    /**
     * Returns the next batch, like {@link #next()}.
     *
     * @throws IllegalArgumentException if {@code num} is not P x K
     */
    @Override
    public MultiDataSet next(int num) {
        if (num != sampler.batchSize()) {
            throw new IllegalArgumentException(
                    "identity-balanced batches have " + sampler.batchSize() + " images, not " + num);
        }
        return next();
    }

    /** Begins the next epoch. At the beginning of an epoch it does nothing. */
    @Override
    public synchronized void reset() {
        if (position > 0) {
            if (hasNext()) {
                close(); // prepared batches belong to the abandoned epoch
            }
            epoch++;
            position = 0;
        }
    }

    /** Returns the images that could not be read and were replaced; see {@link BatchLoader#skipped}. */
    public synchronized List<UnreadableImage> skipped() {
        if (loader != null) {
            skipped.addAll(loader.skipped());
        }
        return List.copyOf(skipped);
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    @Override
    public boolean asyncSupported() {
        return true;
    }

    @Override
    public void setPreProcessor(@Nullable MultiDataSetPreProcessor value) {
        afterwards = value;
    }

    @Override
    public @Nullable MultiDataSetPreProcessor getPreProcessor() {
        return afterwards;
    }

    /** Ends the threads. A later request starts them again. */
    @Override
    public synchronized void close() {
        if (loader != null) {
            loader.close();
            skipped.addAll(loader.skipped());
            loader = null;
        }
    }
}
