package io.github.mgn4j.eval;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;

/**
 * Distances from queries to a gallery, computed on request and one block of queries at a time, so that the whole matrix
 * is never held. Implementations are thread-safe and deterministic to the bit.
 */
public interface Distances {
    /** Returns the number of queries (rows). */
    int queries();

    /** Returns the number of gallery entries (columns). */
    int gallery();

    /**
     * Computes the distances of consecutive queries to the whole gallery. A smaller distance is nearer; no distance is
     * NaN.
     *
     * @param from index of the first query
     * @param into receives one row of {@link #gallery()} values for each query from {@code from} on
     */
    void compute(int from, double[][] into);

    /**
     * Returns the distances between the rows of two matrices.
     *
     * @throws EvaluationException if their dims differ
     */
    static Distances between(FeatureMatrix queries, FeatureMatrix gallery, DistanceMetric metric) {
        return new BoundedFeatureDistances(Rows.of(queries), Rows.of(gallery), metric, BlockShape.DEFAULT_BYTES, null);
    }
}
