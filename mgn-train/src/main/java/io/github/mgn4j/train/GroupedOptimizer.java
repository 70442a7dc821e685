package io.github.mgn4j.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An optimizer whose update of a weight depends on that weight alone. Honours the groups' rates and decay, adds the decay to
 * the gradient, counts steps, and keeps the state; a subclass has the update rule.
 */
public abstract class GroupedOptimizer implements Optimizer {
    private final OptimizerState state = new OptimizerState();
    private final double weightDecay;
    private final ParameterGroups groups;
    private long steps;

    /** Creates an optimizer that adds {@code weightDecay} times the weight to each gradient, 0 for none. */
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
     * @param gradient of the weight's shape, decay included; may be used as scratch memory
     * @param lr the learning rate of this step for this weight
     */
    protected abstract void update(String parameter, INDArray weight, INDArray gradient, double lr);

    /** Returns the live array of a kind that belongs to a weight, of its shape; zeros at first. */
    protected final INDArray stateOf(String kind, String parameter, INDArray weight) {
        return state.get(kind, parameter, weight);
    }

    /** Returns the live single number of a kind that belongs to a weight; 0 at first. */
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
