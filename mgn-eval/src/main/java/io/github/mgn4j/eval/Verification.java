package io.github.mgn4j.eval;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Same-person verification by one distance threshold: the fraction of same-person pairs accepted at low false accept
 * rates, over the pairs of a query and a gallery entry that an evaluation compares.
 *
 * @param samePairs number of same-person pairs
 * @param differentPairs number of different-person pairs
 * @param confidence confidence of the points' bootstrap intervals, such as 0.95
 * @param points operating points, by descending false accept rate
 * @param curve the whole ROC curve that the points are taken from, by ascending threshold, in steps of a few percent of
 *     false accept rate, up to a rate of about 15%
 */
public record Verification(
        long samePairs, long differentPairs, double confidence, List<Point> points, List<Step> curve) {
    public Verification {
        points = List.copyOf(points);
        curve = List.copyOf(curve);
    }

    /**
     * Returns the equal error rate: the rate at which the fraction of accepted different-person pairs equals the
     * fraction of rejected same-person pairs, interpolated linearly between two steps of the curve. Empty if it lies
     * beyond the curve.
     */
    public OptionalDouble equalErrorRate() {
        Step before = new Step(0, 0, 0);
        for (Step step : curve) {
            double excess = step.falseAccept() - (1 - step.trueAccept());
            if (excess >= 0) {
                double missing = 1 - before.trueAccept() - before.falseAccept();
                double part = missing + excess == 0 ? 0 : missing / (missing + excess);
                return OptionalDouble.of(before.falseAccept() + part * (step.falseAccept() - before.falseAccept()));
            }
            before = step;
        }
        return OptionalDouble.empty();
    }

    /**
     * Returns whether there are enough different-person pairs to measure a false accept rate: at least 1/rate. That is
     * the minimum; from 30/rate pairs on, the rate is accurate to about a third of its value.
     */
    public boolean supports(double falseAcceptRate) {
        return falseAcceptRate * differentPairs >= 1;
    }

    /**
     * Returns the threshold at a false accept rate: the largest distance of the curve that accepts no larger fraction
     * of the different-person pairs. Empty if the pairs do not {@linkplain #supports support} the rate, or every
     * distance of the curve exceeds it.
     *
     * @param falseAcceptRate above 0, at most 0.1, since the curve ends a little further on
     * @throws EvaluationException if the rate is outside this range
     */
    public OptionalDouble threshold(double falseAcceptRate) {
        return step(falseAcceptRate)
                .map(step -> OptionalDouble.of(step.threshold()))
                .orElse(OptionalDouble.empty());
    }

    Optional<Step> step(double falseAcceptRate) {
        EvaluationException.check(
                falseAcceptRate > 0 && falseAcceptRate <= 0.1,
                "false-accept rate must be above 0 and at most 0.1, not %s",
                falseAcceptRate);
        Optional<Step> last = Optional.empty();
        for (Step step : supports(falseAcceptRate) ? curve : List.<Step>of()) {
            if (step.falseAccept() <= falseAcceptRate) {
                last = Optional.of(step);
            }
        }
        return last;
    }

    /**
     * A step of the ROC curve: the exact rates of accepting every pair up to a distance.
     *
     * @param threshold the distance
     * @param falseAccept fraction of different-person pairs accepted
     * @param trueAccept fraction of same-person pairs accepted
     */
    public record Step(double threshold, double falseAccept, double trueAccept) {}

    /**
     * An operating point on the ROC curve.
     *
     * @param target requested false accept rate
     * @param threshold distance up to which a pair is accepted; negative if no distance keeps to the target
     * @param falseAccept fraction of different-person pairs accepted: at most the target
     * @param trueAccept fraction of same-person pairs accepted
     * @param low lower end of the bootstrap interval of {@code trueAccept}
     * @param high upper end of the bootstrap interval of {@code trueAccept}
     */
    public record Point(
            double target, double threshold, double falseAccept, double trueAccept, double low, double high) {}
}
