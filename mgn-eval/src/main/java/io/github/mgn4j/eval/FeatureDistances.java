package io.github.mgn4j.eval;

import io.github.mgn4j.features.FeatureMatrix;
import org.jspecify.annotations.Nullable;

/** Distances between features by one of the metrics. */
final class FeatureDistances implements Distances {
    private final SquaredDistances squared;
    private final DistanceMetric metric;
    private final boolean @Nullable [] zeroQueries;
    private final boolean @Nullable [] zeroGallery;

    FeatureDistances(FeatureMatrix queries, FeatureMatrix gallery, DistanceMetric metric) {
        this.metric = metric;
        boolean cosine = metric == DistanceMetric.COSINE;
        // The halved squared distance of unit vectors is one minus their cosine, without its cancellation.
        squared = cosine
                ? new SquaredDistances(queries.normalized(), gallery.normalized())
                : new SquaredDistances(queries, gallery);
        zeroQueries = cosine ? BoundedUnitDistances.zeros(queries) : null;
        zeroGallery = cosine ? BoundedUnitDistances.zeros(gallery) : null;
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
    public void compute(int from, double[][] into) {
        squared.compute(from, into);
        for (int q = 0; q < into.length; q++) {
            double[] row = into[q];
            if (metric == DistanceMetric.EUCLIDEAN) {
                for (int j = 0; j < row.length; j++) {
                    row[j] = Math.sqrt(row[j]);
                }
            } else {
                boolean zero = zeroQueries != null && zeroQueries[from + q];
                for (int j = 0; j < row.length; j++) {
                    boolean zeroEntry = zeroGallery != null && zeroGallery[j];
                    row[j] = zero || zeroEntry ? 1 : row[j] / 2;
                }
            }
        }
    }
}
