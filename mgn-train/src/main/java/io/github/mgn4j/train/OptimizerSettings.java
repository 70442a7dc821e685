package io.github.mgn4j.train;

/**
 * The optimizer and its constants.
 *
 * @param kind SGD with momentum, or Adam
 * @param momentum of SGD, 0 to below 1
 * @param weightDecay L2 decay as in PyTorch: each gradient is increased by this times the weight; 0 or more
 * @param beta1 of Adam: decay of the mean gradient, 0 to below 1
 * @param beta2 of Adam: decay of the mean squared gradient, 0 to below 1
 * @param epsilon of Adam: added to the root of the mean square, above 0
 * @param amsgrad of Adam: whether to divide by the largest mean square so far
 */
public record OptimizerSettings(
        Kind kind, double momentum, double weightDecay, double beta1, double beta2, double epsilon, boolean amsgrad) {
    /** The article's: SGD, momentum 0.9, weight decay 5e-4. */
    public static final OptimizerSettings MGN = new OptimizerSettings(Kind.SGD, 0.9, 5e-4, 0.9, 0.999, 1e-8, false);

    /** The available algorithms. */
    public enum Kind {
        SGD,
        ADAM
    }

    /**
     * Checks the settings.
     *
     * @throws RecipeException if a value is out of range
     */
    public OptimizerSettings {
        checkShare("momentum", momentum);
        checkShare("adam-beta1", beta1);
        checkShare("adam-beta2", beta2);
        RecipeException.check(
                weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY,
                "weight-decay must be 0 or more, not %s",
                weightDecay);
        RecipeException.check(
                epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, "adam-epsilon must be above 0, not %s", epsilon);
    }

    /** Returns these settings with another {@link #kind}. */
    public OptimizerSettings withKind(Kind value) {
        return new OptimizerSettings(value, momentum, weightDecay, beta1, beta2, epsilon, amsgrad);
    }

    /** Returns these settings with another {@link #momentum}. */
    public OptimizerSettings withMomentum(double value) {
        return new OptimizerSettings(kind, value, weightDecay, beta1, beta2, epsilon, amsgrad);
    }

    /** Returns these settings with another {@link #weightDecay}. */
    public OptimizerSettings withWeightDecay(double value) {
        return new OptimizerSettings(kind, momentum, value, beta1, beta2, epsilon, amsgrad);
    }

    /** Returns these settings with another {@link #beta1}. */
    public OptimizerSettings withBeta1(double value) {
        return new OptimizerSettings(kind, momentum, weightDecay, value, beta2, epsilon, amsgrad);
    }

    /** Returns these settings with another {@link #beta2}. */
    public OptimizerSettings withBeta2(double value) {
        return new OptimizerSettings(kind, momentum, weightDecay, beta1, value, epsilon, amsgrad);
    }

    /** Returns these settings with another {@link #epsilon}. */
    public OptimizerSettings withEpsilon(double value) {
        return new OptimizerSettings(kind, momentum, weightDecay, beta1, beta2, value, amsgrad);
    }

    /** Returns these settings with another {@link #amsgrad}. */
    public OptimizerSettings withAmsgrad(boolean value) {
        return new OptimizerSettings(kind, momentum, weightDecay, beta1, beta2, epsilon, value);
    }

    /** Creates the optimizer for parameters in groups. */
    public Optimizer create(ParameterGroups groups) {
        return switch (kind) {
            case SGD -> new Sgd(momentum, weightDecay, groups);
            case ADAM -> new Adam(this, groups);
        };
    }

    private static void checkShare(String name, double value) {
        RecipeException.check(value >= 0 && value < 1, "%s must be 0 or more and below 1, not %s", name, value);
    }
}
