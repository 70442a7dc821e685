package io.github.mgn4j.eval;

import java.util.List;

/**
 * How well one distance answers "the same person or not?": what part of the pairs of one person is accepted when few
 * pairs of two people are. Over the pairs of a query and a gallery entry that an evaluation compares.
 *
 * @param samePairs number of pairs of one person
 * @param differentPairs number of pairs of two people
 * @param points by descending false accept rate
 */
public record Verification(long samePairs, long differentPairs, List<Point> points) {
    public Verification {
        points = List.copyOf(points);
    }

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
