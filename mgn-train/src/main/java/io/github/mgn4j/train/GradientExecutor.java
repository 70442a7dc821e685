package io.github.mgn4j.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a training graph forward and backward. Used by one thread. */
public interface GradientExecutor extends AutoCloseable {
    /**
     * What a run computed. The arrays are the executor's: valid until its next run or its end. The caller may change the
     * gradients, which share no memory with each other.
     *
     * @param outputs the values asked for, by variable name
     * @param gradients by parameter name; a parameter that the loss does not depend on has none
     */
    record Result(Map<String, INDArray> outputs, Map<String, INDArray> gradients) {}

    /** Computes outputs and gradients for the given values of the placeholders. */
    Result run(Map<String, INDArray> placeholders);

    @Override
    void close();
}
