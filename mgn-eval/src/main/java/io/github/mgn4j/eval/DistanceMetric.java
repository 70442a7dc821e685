package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;
import io.github.mgn4j.features.FeatureMatrix;
/** How far apart two features are. */
public enum DistanceMetric {
    /** The length of the difference of two features, as they are. */
    EUCLIDEAN,
    /**
     * One minus the cosine of the angle between two features: 0 to 2. A feature of zeros is 1 from every other, in rankings, re-rankings
     * and expansions alike.
     */
    COSINE;

    /**
     * Returns the distance of two features: the same bits as {@link Evaluator} and {@link Distances} give for the two in a
     * query set and a gallery. For many pairs, {@link Distances#between} is faster.
     *
     * @throws EvaluationException if they differ in length or are empty
     */
    public double distance(float[] a, float[] b) {
        check(
                a.length == b.length && a.length > 0,
                "features of %d and %d values have no distance",
                a.length,
                b.length);
        FeatureMatrix first = FeatureMatrix.of(a, 1, a.length);
        FeatureMatrix second = FeatureMatrix.of(b, 1, b.length);
        if (this == EUCLIDEAN) {
            return Math.sqrt(new SquaredDistances(first, second).pair(0, 0));
        }
        boolean isRight = BoundedUnitDistances.zeros(first) != null || BoundedUnitDistances.zeros(second) != null;
        return isRight ? 1 : new SquaredDistances(first.normalized(), second.normalized()).pair(0, 0) / 2;
    }
}
