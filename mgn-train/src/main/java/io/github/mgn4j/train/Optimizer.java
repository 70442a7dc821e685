package io.github.mgn4j.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns gradients into better weights, in place. Owns the native memory of its state until closed. Used by one thread.
 *
 * <p>A program's own is set by {@link TrainerBuilder#optimizer} or {@link TrainingBuilder#optimizer}; {@link
 * GroupedOptimizer} is a base class that leaves only the update rule to be written.
 */
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

    /**
     * Names the algorithm. A run that is resumed has to have an optimizer of the same name, because the name says what the
     * {@link #state} means.
     */
    default String name() {
        return getClass().getName();
    }

    /** Number of steps taken. */
    long steps();

    /**
     * Returns what it remembers between steps: the live arrays (not copies) by a name made of the kind and the parameter,
     * such as {@code velocity/trunk.conv1.weight}. Each has its parameter's shape, or is one number; a checkpoint refuses
     * anything else, since it could not be restored.
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
