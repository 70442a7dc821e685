package io.github.mgn4j.dl4j;

import io.github.mgn4j.data.BatchLoader;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.spec.InputSize;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Batches of P identities with K images each, for {@code fit} of networks with one output. One pass is one epoch of the
 * sampler; {@link #reset}, which DL4J calls between epochs, begins the next epoch.
 *
 * <p>A batch has normalised images, float32, {@code [P x K, 3, height, width]} or {@code [P x K, height, width, 3]} by the
 * layout, and one-hot labels, float32, {@code [P x K, classes]}. The caller owns the arrays; they are not reused.
 *
 * <p>The iterator reads ahead on threads of its own. DL4J still wraps it in an asynchronous iterator, which overlaps the copy
 * into ND4J's memory with the training; the batches are the same. For one consumer at a time. Not serializable, although the
 * interface is. {@link #close} ends the threads.
 */
public final class IdentityBalancedIterator implements DataSetIterator, AutoCloseable {
    private final BalancedBatches batches;
    private @Nullable DataSetPreProcessor afterwards;

    IdentityBalancedIterator(BalancedBatches batches) {
        this.batches = batches;
    }

    /**
     * Returns a builder of iterators over the training images of a data set.
     *
     * @param size the network's input size in pixels
     * @throws io.github.mgn4j.data.DatasetException if the data set has no training images
     */
    public static IdentityBalancedBuilder builder(ReidDataset dataset, InputSize size) {
        return new IdentityBalancedBuilder(dataset.requireTrain(), size);
    }

    @Override
    public boolean hasNext() {
        return batches.hasNext();
    }

    /**
     * Returns the next batch of this epoch.
     *
     * @throws java.util.NoSuchElementException at the end of the epoch
     * @throws java.io.UncheckedIOException if an image cannot be read; the message names its file
     * @throws IllegalArgumentException if a file is not an image that can be decoded; the message names it
     */
    @Override
    public DataSet next() {
        return dataSet(batches.next());
    }

    /**
     * Returns the next batch, like {@link #next()}.
     *
     * @throws IllegalArgumentException if {@code num} is not P x K
     */
    @Override
    public DataSet next(int num) {
        return dataSet(batches.next(num));
    }

    private DataSet dataSet(BalancedBatches.Arrays arrays) {
        DataSet result = new DataSet(arrays.images(), arrays.labels());
        if (afterwards != null) {
            afterwards.preProcess(result);
        }
        return result;
    }

    /** Begins the next epoch. At the beginning of an epoch it does nothing. */
    @Override
    public void reset() {
        batches.reset();
    }

    /** Returns the number of images of a batch: P x K. */
    @Override
    public int batch() {
        return batches.size();
    }

    /** Returns the number of values of an image: 3 x height x width. */
    @Override
    public int inputColumns() {
        return batches.valuesPerImage();
    }

    /** Returns the number of classes: the identities of the training images. */
    @Override
    public int totalOutcomes() {
        return batches.classes();
    }

    /** Returns the names of the classes: the pids of the identities, in ascending order. */
    @Override
    public List<String> getLabels() {
        return batches.names();
    }

    /** Returns the images that could not be read and were replaced; see {@link BatchLoader#skipped}. */
    public List<UnreadableImage> skipped() {
        return batches.skipped();
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
    public void setPreProcessor(@Nullable DataSetPreProcessor value) {
        afterwards = value;
    }

    @Override
    public @Nullable DataSetPreProcessor getPreProcessor() {
        return afterwards;
    }

    /** Ends the threads. A later request starts them again. */
    @Override
    public void close() {
        batches.close();
    }
}
