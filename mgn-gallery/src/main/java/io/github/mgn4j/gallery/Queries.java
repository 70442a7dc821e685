package io.github.mgn4j.gallery;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.internal.FixedOrder;
import java.util.stream.IntStream;

/** The queries of a search, stored as the gallery's features are, and their exact distances to rows. Thread-safe. */
final class Queries {
    /** The squared distance from a feature without a direction to any other: a right angle. */
    private static final double RIGHT = 2;

    private final View view;
    private final FeatureMatrix features;
    private final DistanceMetric metric;
    private final double[] lengths;

    Queries(View view, FeatureMatrix features, DistanceMetric metric) {
        this.view = view;
        this.features = features;
        this.metric = metric;
        lengths = new double[features.rows()];
        for (int q = 0; q < lengths.length; q++) {
            lengths[q] = Math.sqrt(Features.square(features.row(q)));
        }
    }

    /** Returns the queries from one to before another. */
    Queries part(int from, int to) {
        return from == 0 && to == count()
                ? this
                : new Queries(view, features.select(IntStream.range(from, to).toArray()), metric);
    }

    View view() {
        return view;
    }

    FeatureMatrix features() {
        return features;
    }

    int count() {
        return lengths.length;
    }

    double length(int query) {
        return lengths[query];
    }

    /** Returns a reader of exact distances for one thread. */
    Exact exact(int query) {
        return new Exact(query);
    }

    private boolean isZero(int query) {
        return metric == DistanceMetric.COSINE && lengths[query] == 0;
    }

    private boolean isZeroRow(int row) {
        return metric == DistanceMetric.COSINE && view.chunk(row).square(row % EntryChunk.ROWS) == 0;
    }

    /** Replaces near values where a feature has no direction. */
    void correct(int query, int from, int width, float[] near) {
        if (metric == DistanceMetric.COSINE) {
            for (int j = 0; j < width; j++) {
                near[j] = isZero(query) || isZeroRow(from + j) ? (float) RIGHT : near[j];
            }
        }
    }

    /** Returns the distance of a squared distance, which is rounded nowhere else. */
    double distance(double square) {
        return metric == DistanceMetric.COSINE ? square / 2 : Math.sqrt(square);
    }

    /** Returns a squared distance, or a little more, of a distance. */
    double square(double distance) {
        return (metric == DistanceMetric.COSINE ? 2 * distance : distance * distance) * (1 + 1e-12);
    }

    /** Computes exact squared distances of one query: those by which an evaluation ranks. */
    final class Exact {
        private final int query;
        private final float[] row = new float[features.dims()];

        private Exact(int query) {
            this.query = query;
        }

        double square(int to) {
            view.read(to, row);
            return isZero(query) || isZeroRow(to)
                    ? RIGHT
                    : FixedOrder.squaredDistance(features.data(), query * row.length, row, 0, row.length);
        }
    }
}
