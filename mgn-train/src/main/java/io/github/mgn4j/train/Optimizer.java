package io.github.mgn4j.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Turns gradients into better weights, in place. Owns the native memory of its state until closed. Not thread-safe. */
public interface Optimizer extends AutoCloseable {
    /**
     * Changes every parameter that has a gradient.
     *
     * @param parameters weights by name, changed in place
     * @param gradients gradients by parameter name, of the weights' shapes and type; used as scratch memory, so their
     *     values are lost
     * @param lr the learning rate of this step, before the groups' multipliers
     */
    void step(Map<String, INDArray> parameters, Map<String, INDArray> gradients, double lr);

    /** Number of steps taken. */
    long steps();

    /**
     * What it remembers between steps: the live arrays (not copies) by a name made of the kind and the parameter, such as
     * {@code velocity/trunk.conv1.weight}.
     */
    Map<String, INDArray> state();

    /**
     * Goes on where another optimizer of the same kind stopped.
     *
     * @param steps its {@link #steps()}
     * @param state its {@link #state()}; the arrays are copied
     */
    void restore(long steps, Map<String, INDArray> state);

    @Override
    void close();
}
