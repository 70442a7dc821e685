package io.github.mgn4j.train;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Max;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Adam (Kingma and Ba, ICLR 2015) and AMSGrad (Reddi et al., ICLR 2018) as PyTorch defines them: weight decay is added
 * to the gradient, the maximum of AMSGrad is taken before the bias correction, and epsilon is added after it.
 */
final class Adam extends GroupedOptimizer {
    private final OptimizerSettings settings;

    /** Creates the optimizer with the decay, betas, epsilon and amsgrad of {@code settings}. */
    Adam(OptimizerSettings settings, ParameterGroups groups) {
        super(settings.weightDecay(), groups);
        this.settings = settings;
    }

    @Override
    protected void update(String name, INDArray weight, INDArray gradient, double lr) {
        INDArray count = numberOf("step", name, weight);
        double step =
                count.getDouble(0) + 1; // counted per parameter, because a parameter may have been frozen at first
        count.assign(step);
        INDArray mean = stateOf("mean", name, weight);
        INDArray square = stateOf("square", name, weight);
        mean.muli(settings.beta1());
        NdArrays.addScaled(mean, 1 - settings.beta1(), gradient);
        square.muli(settings.beta2());
        gradient.muli(gradient);
        NdArrays.addScaled(square, 1 - settings.beta2(), gradient);
        INDArray divisor = gradient; // reuses the gradient's memory from here on
        if (settings.amsgrad()) {
            INDArray largest = stateOf("largest", name, weight);
            Nd4j.getExecutioner().exec(new Max(largest, square, largest));
            divisor.assign(largest);
        } else {
            divisor.assign(square);
        }
        Transforms.sqrt(divisor, false);
        divisor.divi(Math.sqrt(1 - Math.pow(settings.beta2(), step))).addi(settings.epsilon());
        mean.div(divisor, divisor);
        NdArrays.addScaled(weight, -lr / (1 - Math.pow(settings.beta1(), step)), divisor);
    }
}
