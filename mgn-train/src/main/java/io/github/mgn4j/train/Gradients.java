package io.github.mgn4j.train;

import io.github.mgn4j.data.Batch;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How a trainer gets the losses and gradients of a batch, in two halves: a loss may turn out to be no number. */
interface Gradients extends AutoCloseable {
    /**
     * The losses of a batch.
     *
     * @param terms every term without its weight, by name
     */
    record Losses(double total, double softmax, double triplet, Map<String, Double> terms) {}

    /** Computes the losses of a batch. */
    Losses losses(Batch batch);

    /**
     * The gradients of that batch by parameter name; their memory may be written to, and holds them until the next batch.
     *
     * @param statistics is given the outputs with the batch norms' statistics, as often as the network saw a batch
     */
    Map<String, INDArray> gradients(Consumer<Map<String, INDArray>> statistics);

    /** Nanoseconds of another run forward and backward on the last images, by kind of operation, the slowest first. */
    Map<String, Long> profile();

    @Override
    void close();
}
