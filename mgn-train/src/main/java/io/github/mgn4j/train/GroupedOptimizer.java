package io.github.mgn4j.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An optimizer whose update of a weight depends on that weight alone. It applies the groups' multipliers of the
 * learning rate and decay, adds the decay to the gradient, counts steps, and keeps the state. A subclass implements the
 * update rule.
 */
public abstract class GroupedOptimizer implements Optimizer {
    private final OptimizerState state = new OptimizerState();
    private final double weightDecay;
    private final ParameterGroups groups;
    private long steps;

    /**
     * Creates an optimizer.
     *
     * @param weightDecay the gradient is increased by this times the weight; 0 for none
     * @param groups the parameters' groups
     */
    protected GroupedOptimizer(double weightDecay, ParameterGroups groups) {
        RecipeException.check(
                weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY,
                "weight-decay must be 0 or more, not %s",
                weightDecay);
        this.weightDecay = weightDecay;
        this.groups = groups;
    }

    /**
     * Changes one weight in place.
     *
     * @param parameter its name
     * @param weight the live array of the weight
     * @param gradient of the weight's shape, decay included; may be used as scratch memory
     * @param lr the learning rate of this step for this weight
     */
    protected abstract void update(String parameter, INDArray weight, INDArray gradient, double lr);

    /** Returns the live state array of a kind for a weight, of the weight's shape. It is created with zeros. */
    protected final INDArray stateOf(String kind, String parameter, INDArray weight) {
        return state.get(kind, parameter, weight);
    }

    /** Returns the live scalar state of a kind for a weight. It is created with 0. */
    protected final INDArray numberOf(String kind, String parameter, INDArray weight) {
        return state.scalar(kind, parameter, weight.dataType());
    }

    @Override
    public final void step(Map<String, INDArray> parameters, Map<String, INDArray> gradients, double lr) {
        gradients.forEach((name, gradient) -> {
            ParameterGroup group = groups.of(name);
            if (group.lrMultiplier() != 0) {
                INDArray weight = NdArrays.named(parameters, name);
                NdArrays.addScaled(gradient, weightDecay * group.decayMultiplier(), weight);
                update(name, weight, gradient, lr * group.lrMultiplier());
            }
        });
        steps++;
    }

    @Override
    public final long steps() {
        return steps;
    }

    @Override
    public final Map<String, INDArray> state() {
        return state.view();
    }

    @Override
    public final void restore(long newSteps, Map<String, INDArray> newState) {
        state.restore(newState);
        steps = newSteps;
    }

    @Override
    public final void close() {
        state.close();
    }
}
