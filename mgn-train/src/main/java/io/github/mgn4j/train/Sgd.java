package io.github.mgn4j.train;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Stochastic gradient descent with momentum as PyTorch defines it: {@code g += decay * w; v = momentum * v + g;
 * w -= lr * v}, with {@code v = g} in the first step.
 */
final class Sgd extends GroupedOptimizer {
    private static final String VELOCITY = "velocity";

    private final double momentum;

    Sgd(double momentum, double weightDecay, ParameterGroups groups) {
        super(weightDecay, groups);
        this.momentum = momentum;
    }

    @Override
    protected void update(String name, INDArray weight, INDArray gradient, double lr) {
        if (momentum == 0) {
            NdArrays.addScaled(weight, -lr, gradient);
            return;
        }
        INDArray velocity = stateOf(VELOCITY, name, weight);
        velocity.muli(momentum).addi(gradient); // starts at 0, so the first velocity is the gradient
        NdArrays.addScaled(weight, -lr, velocity);
    }
}
