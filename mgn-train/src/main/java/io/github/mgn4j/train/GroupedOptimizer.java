package io.github.mgn4j.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What optimizers share: groups with their own rates and decay, decay added to the gradient, steps and state. */
abstract class GroupedOptimizer implements Optimizer {
    final OptimizerState state = new OptimizerState();
    private final double weightDecay;
    private final ParameterGroups groups;
    private long steps;

    GroupedOptimizer(double weightDecay, ParameterGroups groups) {
        this.weightDecay = weightDecay;
        this.groups = groups;
    }

    /** Changes one weight by its gradient, whose memory may be used. */
    abstract void update(String name, INDArray weight, INDArray gradient, double lr);

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
