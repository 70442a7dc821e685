package io.github.mgn4j.eval;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How well one distance answers "the same person or not?": what part of the pairs of one person is accepted when few
 * pairs of two people are. Over the pairs of a query and a gallery entry that an evaluation compares.
 *
 * @param samePairs number of pairs of one person
 * @param differentPairs number of pairs of two people
 * @param confidence of the points' bootstrap intervals, such as 0.95
 * @param points by descending false accept rate
 * @param curve the whole ROC curve that the points are taken from, by ascending threshold, steps of a few percent of
 *     false accept rate apart, up to a rate of about 15%
 */
public record Verification(
        long samePairs, long differentPairs, double confidence, List<Point> points, List<Step> curve) {
    public Verification {
        points = List.copyOf(points);
        curve = List.copyOf(curve);
    }

    /**
     * Returns the equal error rate: the part of the pairs of two people that are accepted where as large a part of the pairs of
     * one person are not, between two steps of the curve on the line that joins them; empty where it lies beyond the curve.
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
     * Returns whether there are enough pairs of two people to say anything about a false-accept rate: at least as many as make
     * one of them, 1/rate. That is the least; a rate is known to about a third of itself from 30/rate on.
     */
    public boolean supports(double falseAcceptRate) {
        return falseAcceptRate * differentPairs >= 1;
    }

    /**
     * Returns the threshold at a false-accept rate: the largest distance of the curve up to which no larger part of the pairs
     * of two people is accepted. Empty where the pairs do not {@linkplain #supports support} the rate, or none of the
     * distances keeps to it.
     *
     * @param falseAcceptRate above 0, at most 0.1, since the curve ends a little further on
     * @throws EvaluationException if it is another
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
     * What accepting every pair up to a distance gives; exact.
     *
     * @param threshold the distance
     * @param falseAccept part of the pairs of two people that are accepted
     * @param trueAccept part of the pairs of one person that are accepted
     */
    public record Step(double threshold, double falseAccept, double trueAccept) {}

    /**
     * A point of the ROC curve.
     *
     * @param target false accept rate asked for
     * @param threshold distance up to which a pair is accepted; negative where none could be without passing the target
     * @param falseAccept part of the pairs of two people that are accepted: at most the target
     * @param trueAccept part of the pairs of one person that are accepted
     * @param low lower end of the bootstrap interval of {@code trueAccept}
     * @param high upper end of it
     */
    public record Point(
            double target, double threshold, double falseAccept, double trueAccept, double low, double high) {}
}
