package io.github.mgn4j.train;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Stochastic gradient descent with momentum as PyTorch defines it: {@code g += decay * w; v = momentum * v + g;
 * w -= lr * v}, with {@code v = g} in the first step.
 */
public final class Sgd implements Optimizer {
    private static final String VELOCITY = "velocity";

    private final double momentum;
    private final double weightDecay;
    private final ParameterGroups groups;
    private final OptimizerState state = new OptimizerState();
    private long steps;

    public Sgd(double momentum, double weightDecay, ParameterGroups groups) {
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        this.groups = groups;
    }

    @Override
    public void step(Map<String, INDArray> parameters, Map<String, INDArray> gradients, double lr) {
        gradients.forEach((name, gradient) -> {
            ParameterGroup group = groups.of(name);
            if (group.lrMultiplier() != 0) {
                INDArray weight = Nd.named(parameters, name);
                Nd.addScaled(gradient, weightDecay * group.decayMultiplier(), weight);
                update(name, weight, gradient, lr * group.lrMultiplier());
            }
        });
        steps++;
    }

    private void update(String name, INDArray weight, INDArray gradient, double lr) {
        if (momentum == 0) {
            Nd.addScaled(weight, -lr, gradient);
            return;
        }
        INDArray velocity = state.get(VELOCITY, name, weight);
        velocity.muli(momentum).addi(gradient); // starts at 0: the first velocity is the gradient
        Nd.addScaled(weight, -lr, velocity);
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public Map<String, INDArray> state() {
        return state.view();
    }

    @Override
    public void restore(long newSteps, Map<String, INDArray> newState) {
        state.restore(newState);
        steps = newSteps;
    }

    @Override
    public void close() {
        state.close();
    }
}
