package io.github.mgn4j.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Updates weights in place from their gradients. Owns the native memory of its state until closed. Used by one thread.
 *
 * <p>{@link TrainerBuilder#optimizer} and {@link TrainingBuilder#optimizer} accept a program's own implementation.
 * {@link GroupedOptimizer} is a base class that leaves only the update rule to implement.
 */
public interface Optimizer extends AutoCloseable {
    /**
     * Updates every parameter that has a gradient.
     *
     * @param parameters weights by name, changed in place
     * @param gradients gradients by parameter name, of the weights' shapes and type; they are used as scratch memory,
     *     so their values are lost
     * @param lr the learning rate of this step, before the groups' multipliers
     */
    void step(Map<String, INDArray> parameters, Map<String, INDArray> gradients, double lr);

    /**
     * Returns the name of the algorithm. A run can only be resumed with an optimizer of the same name, because the name
     * says what the {@link #state} means.
     */
    default String name() {
        return getClass().getName();
    }

    /** Returns the number of steps taken. */
    long steps();

    /**
     * Returns the state kept between steps: the live arrays, not copies, by a name composed of the kind and the
     * parameter, such as {@code velocity/trunk.conv1.weight}. Each array has its parameter's shape or is a scalar; a
     * checkpoint rejects any other shape because it could not be restored.
     */
    Map<String, INDArray> state();

    /**
     * Restores the state of another optimizer of the same name.
     *
     * @param steps its {@link #steps()}
     * @param state its {@link #state()}; the arrays are copied
     */
    void restore(long steps, Map<String, INDArray> state);

    @Override
    void close();
}
