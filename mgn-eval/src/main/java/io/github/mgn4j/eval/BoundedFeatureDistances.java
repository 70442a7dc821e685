package io.github.mgn4j.eval;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.features.DistanceMetric;
import org.jspecify.annotations.Nullable;

/** Distances of features by one of the metrics, ranked by their squares. */
final class BoundedFeatureDistances implements BoundedDistances {
    private final BoundedDistances squared;
    private final DistanceMetric metric;

    /** Creates the distances; {@code products} are null if only exact values are wanted. */
    BoundedFeatureDistances(
            Rows queries, Rows gallery, DistanceMetric metric, long bytes, BlockProducts.@Nullable Factory products) {
        // The halved squared distance of unit vectors is one minus their cosine.
        this(BoundedUnitDistances.between(queries, gallery, metric, bytes, products), metric);
    }

    private BoundedFeatureDistances(BoundedDistances squared, DistanceMetric metric) {
        this.squared = squared;
        this.metric = metric;
    }

    @Override
    public int queries() {
        return squared.queries();
    }

    @Override
    public int gallery() {
        return squared.gallery();
    }

    @Override
    public double exact(int query, int entry) {
        return squared.exact(query, entry);
    }

    @Override
    public float tolerance(int query) {
        return squared.tolerance(query);
    }

    @Override
    public float tolerance(int query, int entry) {
        return squared.tolerance(query, entry);
    }

    @Override
    public BoundedDistances sharp() {
        BoundedDistances sharp = squared.sharp();
        return sharp == squared ? this : new BoundedFeatureDistances(sharp, metric);
    }

    /**
     * Returns the squared distance for an exact value, without rounding; under the cosine metric, of the features
     * scaled to unit length.
     */
    double square(double exact) {
        return squared.distance(exact);
    }

    /** Returns the exact value for a squared distance, without rounding. */
    double ofSquare(double square) {
        return square / squared.distance(1);
    }

    @Override
    public double distance(double exact) {
        return ofPair(square(exact));
    }

    private double ofPair(double square) {
        return metric == DistanceMetric.COSINE ? square / 2 : Math.sqrt(square);
    }

    @Override
    public void compute(int from, double[][] into) {
        squared.compute(from, into);
        for (double[] row : into) {
            for (int j = 0; j < row.length; j++) {
                row[j] = ofPair(row[j]);
            }
        }
    }

    @Override
    public void scan(PartConsumer consumer) {
        squared.scan(consumer);
    }
}
