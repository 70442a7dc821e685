package io.github.mgn4j.dl4j;

import io.github.mgn4j.data.BatchLoader;
import io.github.mgn4j.data.UnreadableImage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * The batches of {@link IdentityBalancedIterator} for {@code fit} of networks with several outputs, such as a softmax and a
 * triplet loss: each output gets the labels of its own. SameDiff's {@code fit} takes them, too. Everything else is as there.
 */
public final class IdentityBalancedMultiIterator implements MultiDataSetIterator, AutoCloseable {
    private final BalancedBatches batches;
    private final int outputs;
    private @Nullable MultiDataSetPreProcessor afterwards;

    IdentityBalancedMultiIterator(BalancedBatches batches, int outputs) {
        this.batches = batches;
        this.outputs = outputs;
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
    public MultiDataSet next() {
        return dataSet(batches.next());
    }

    /**
     * Returns the next batch, like {@link #next()}.
     *
     * @throws IllegalArgumentException if {@code num} is not P x K
     */
    @Override
    public MultiDataSet next(int num) {
        return dataSet(batches.next(num));
    }

    private MultiDataSet dataSet(BalancedBatches.Arrays arrays) {
        INDArray[] labels = new INDArray[outputs];
        labels[0] = arrays.labels();
        for (int i = 1; i < outputs; i++) {
            labels[i] = arrays.labels().dup();
        }
        MultiDataSet result = new org.nd4j.linalg.dataset.MultiDataSet(new INDArray[] {arrays.images()}, labels);
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
    public void setPreProcessor(@Nullable MultiDataSetPreProcessor value) {
        afterwards = value;
    }

    @Override
    public @Nullable MultiDataSetPreProcessor getPreProcessor() {
        return afterwards;
    }

    /** Ends the threads. A later request starts them again. */
    @Override
    public void close() {
        batches.close();
    }
}
