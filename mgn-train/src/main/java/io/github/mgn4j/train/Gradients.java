package io.github.mgn4j.train;

import io.github.mgn4j.data.Batch;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes the losses and gradients of a batch, in two halves, because the losses may turn out not to be finite. */
interface Gradients extends AutoCloseable {
    /**
     * The losses of a batch.
     *
     * @param terms value of every term before weighting, by name
     */
    record Losses(double total, double softmax, double triplet, Map<String, Double> terms) {}

    /** Computes the losses of a batch. */
    Losses losses(Batch batch);

    /**
     * Returns the first batch norm whose statistics of that batch are NaN or infinite. The losses need not be: the ReLU of
     * kernels makes NaN 0. Without kernels the losses show it, and nothing is looked for.
     */
    Optional<String> brokenNorm();

    /**
     * Returns the gradients of that batch by parameter name. The arrays are valid until the next batch and may be
     * modified.
     *
     * @param statistics receives the outputs with the batch norms' statistics, once per forward pass of the network
     */
    Map<String, INDArray> gradients(Consumer<Map<String, INDArray>> statistics);

    /**
     * Runs forward and backward on the last images once more and returns nanoseconds by kind of operation, the slowest
     * first.
     */
    Map<String, Long> profile();

    /** Returns the native memory in bytes that grows with the number of images at a time; what it is after the first batch. */
    long bytesOfImages();

    @Override
    void close();
}
