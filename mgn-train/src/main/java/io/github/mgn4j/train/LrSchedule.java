package io.github.mgn4j.train;

import java.util.List;

/**
 * A learning rate schedule: a linear warm-up, then either {@code base} times {@code gamma} for every step passed, or
 * half a cosine from {@code base} to {@code min} at the end of the training.
 *
 * @param shape steps or cosine
 * @param base learning rate at the start (or the end of the warm-up), above 0
 * @param steps epochs after which the rate is multiplied by {@code gamma}, ascending, counted from the start of the
 *     training; fractions are allowed
 * @param gamma factor of a step, above 0, at most 1
 * @param min final value of the cosine, 0 to {@code base}
 * @param warmUpEpochs number of epochs in which the rate rises from near 0 to {@code base}; 0 for no warm-up
 */
public record LrSchedule(Shape shape, double base, List<Double> steps, double gamma, double min, double warmUpEpochs) {
    /** How the learning rate falls. */
    public enum Shape {
        STEP,
        COSINE
    }

    /**
     * Checks the settings.
     *
     * @throws RecipeException if a value is out of range, or the steps are not ascending
     */
    public LrSchedule {
        steps = List.copyOf(steps);
        RecipeException.check(base > 0 && base < Double.POSITIVE_INFINITY, "lr must be above 0, not %s", base);
        RecipeException.check(gamma > 0 && gamma <= 1, "lr-gamma must be above 0 and at most 1, not %s", gamma);
        RecipeException.check(min >= 0 && min <= base, "lr-min must be 0 or more and at most lr, not %s", min);
        RecipeException.check(
                warmUpEpochs >= 0 && warmUpEpochs < Double.POSITIVE_INFINITY,
                "warm-up-epochs must be 0 or more, not %s",
                warmUpEpochs);
        double last = 0;
        for (double step : steps) {
            RecipeException.check(
                    step > last && step < Double.POSITIVE_INFINITY,
                    "lr-steps must be epochs above 0 in ascending order, not %s",
                    steps);
            last = step;
        }
    }

    /** Creates a step schedule. */
    public LrSchedule(double base, List<Double> steps, double gamma, double warmUpEpochs) {
        this(Shape.STEP, base, steps, gamma, 0, warmUpEpochs);
    }

    /**
     * Returns the learning rate of a step.
     *
     * @param iteration step, counted from 0
     * @param iterationsPerEpoch number of steps per epoch
     * @param totalIterations number of steps of the whole training, where the cosine ends; the last step is one short
     *     of {@code min}, as in PyTorch's {@code CosineAnnealingLR}
     */
    public double at(long iteration, int iterationsPerEpoch, int totalIterations) {
        double warmUp = warmUpEpochs * iterationsPerEpoch;
        double lr = switch (shape) {
            case STEP -> inSteps((double) iteration / iterationsPerEpoch);
            case COSINE -> cosine((iteration - warmUp) / Math.max(1, totalIterations - warmUp));
        };
        return iteration + 1 < warmUp ? lr * (iteration + 1) / warmUp : lr;
    }

    private double inSteps(double epoch) {
        double lr = base;
        for (double step : steps) {
            if (epoch >= step) {
                lr *= gamma;
            }
        }
        return lr;
    }

    /**
     * Returns the cosine's value.
     *
     * @param time 0 at the end of the warm-up, 1 at the end of the training
     */
    private double cosine(double time) {
        double bounded = Math.min(1, Math.max(0, time));
        return min + (base - min) * (1 + Math.cos(Math.PI * bounded)) / 2;
    }
}
