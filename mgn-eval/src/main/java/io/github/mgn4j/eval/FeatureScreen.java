package io.github.mgn4j.eval;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Distances of features by one of the metrics, ranked by their squares. */
final class FeatureScreen implements ScreenedDistances {
    private final SquaredScreen squared;
    private final Metric metric;
    private final boolean @Nullable [] zeroQueries;
    private final boolean @Nullable [] zeroGallery;

    /** The exact value of a cosine distance of 1. */
    private final double one;

    FeatureScreen(FeatureMatrix queries, FeatureMatrix gallery, Metric metric, long bytes) {
        this.metric = metric;
        boolean cosine = metric == Metric.COSINE;
        // The halved squared distance of unit vectors is one minus their cosine.
        squared = cosine
                ? SquaredScreen.between(queries.normalized(), gallery.normalized(), bytes)
                : SquaredScreen.between(queries, gallery, bytes);
        zeroQueries = cosine ? FeatureDistances.zeros(queries) : null;
        zeroGallery = cosine ? FeatureDistances.zeros(gallery) : null;
        one = 2 / squared.distance(1);
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
        boolean zero = (zeroQueries != null && zeroQueries[query]) || (zeroGallery != null && zeroGallery[entry]);
        return zero ? one : squared.exact(query, entry);
    }

    @Override
    public float tolerance(int query) {
        return squared.tolerance(query);
    }

    /** The squared distance of features, of unit length under the cosine metric, for an exact value; no bit is lost. */
    double square(double exact) {
        return squared.distance(exact);
    }

    /** The exact value for a squared distance; no bit is lost. */
    double ofSquare(double square) {
        return square / squared.distance(1);
    }

    @Override
    public double distance(double exact) {
        double square = square(exact);
        return metric == Metric.COSINE ? square / 2 : Math.sqrt(square);
    }

    @Override
    public void scan(PartConsumer consumer) {
        if (zeroQueries == null && zeroGallery == null) {
            squared.scan(consumer);
            return;
        }
        squared.scan((query, from, width, near) -> {
            if (zeroQueries != null && zeroQueries[query]) {
                Arrays.fill(near, 0, width, (float) one);
            }
            for (int j = 0; zeroGallery != null && j < width; j++) {
                near[j] = zeroGallery[from + j] ? (float) one : near[j];
            }
            consumer.accept(query, from, width, near);
        });
    }
}
