package io.github.mgn4j.eval;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;

/**
 * Distances from queries to a gallery, computed when they are asked for, a block of queries at a time, so that the whole
 * matrix need never be held. Implementations are thread-safe and give the same bits every time.
 */
public interface Distances {
    /** Number of rows. */
    int queries();

    /** Number of columns. */
    int gallery();

    /**
     * Computes the distances of some queries to the whole gallery. Smaller is nearer; not NaN.
     *
     * @param from the first query
     * @param into one row of {@link #gallery()} values for each query from there on; overwritten
     */
    void compute(int from, double[][] into);

    /**
     * Distances between the rows of two matrices.
     *
     * @throws EvaluationException if their dims differ
     */
    static Distances between(FeatureMatrix queries, FeatureMatrix gallery, DistanceMetric metric) {
        return new BoundedFeatureDistances(queries, gallery, metric, BlockShape.DEFAULT_BYTES);
    }
}
