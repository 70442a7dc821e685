package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;

/** Checks features before they are stored or searched for. */
final class Features {
    /** The limit of lengths: the square of a longer feature is no float32. */
    private static final double MAX_LENGTH = 0x1p60;

    private Features() {}

    static double square(float[] feature) {
        double square = 0;
        for (float value : feature) {
            square += (double) value * value;
        }
        return square;
    }

    /** Returns features as they are stored: under the cosine metric, at unit length. */
    static FeatureMatrix stored(FeatureMatrix features, int dims, DistanceMetric metric, String what) {
        check(features.dims() == dims, "%s has %d dims, the gallery has %d", what, features.dims(), dims);
        for (int i = 0; i < features.data().length; i++) {
            if (!Float.isFinite(features.data()[i])) {
                throw GalleryException.of(
                        "%s: row %d, column %d is %s, expected a finite value",
                        what, i / dims, i % dims, features.data()[i]);
            }
        }
        FeatureMatrix stored = metric == DistanceMetric.COSINE ? features.normalized() : features;
        for (int row = 0; row < stored.rows(); row++) {
            double length = Math.sqrt(square(stored.row(row)));
            check(
                    length < MAX_LENGTH,
                    "%s: row %d is %.3g long, must be less than %.3g",
                    what,
                    row,
                    length,
                    MAX_LENGTH);
        }
        return stored;
    }
}
