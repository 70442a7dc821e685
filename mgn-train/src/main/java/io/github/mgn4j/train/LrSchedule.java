package io.github.mgn4j.train;

import java.util.List;

/**
 * The learning rate over time: {@code base} times {@code gamma} for every step passed, after a linear warm-up.
 *
 * @param base learning rate at the start (or the end of the warm-up), above 0
 * @param steps epochs after which it is multiplied by {@code gamma}, ascending; parts of epochs are allowed
 * @param gamma above 0, at most 1
 * @param warmUpEpochs over how many epochs it rises from near 0 to {@code base}; 0 for no warm-up
 */
public record LrSchedule(double base, List<Double> steps, double gamma, double warmUpEpochs) {
    public LrSchedule {
        steps = List.copyOf(steps);
        RecipeException.check(base > 0 && base < Double.POSITIVE_INFINITY, "lr must be above 0, not %s", base);
        RecipeException.check(gamma > 0 && gamma <= 1, "lr-gamma must be above 0 and at most 1, not %s", gamma);
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

    /**
     * The learning rate of a step.
     *
     * @param iteration counted from 0
     */
    public double at(long iteration, int iterationsPerEpoch) {
        double epoch = (double) iteration / iterationsPerEpoch;
        double lr = base;
        for (double step : steps) {
            if (epoch >= step) {
                lr *= gamma;
            }
        }
        double warmUp = warmUpEpochs * iterationsPerEpoch;
        return iteration + 1 < warmUp ? lr * (iteration + 1) / warmUp : lr;
    }
}
