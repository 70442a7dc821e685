package io.github.mgn4j.features;

import com.google.common.base.Preconditions;
import io.github.mgn4j.features.internal.FixedOrder;

/**
 * The distance metric between two features. The values are bit-identical to those that an evaluation ranks by: float32 sums
 * over {@value FixedOrder#CHUNK} values at a time, added up in float64.
 */
public enum DistanceMetric {
    /** The Euclidean length of the difference of two features, which are not normalised. */
    EUCLIDEAN {
        @Override
        double value(FeatureMatrix pair) {
            return Math.sqrt(squared(pair));
        }
    },
    /**
     * One minus the cosine of the angle between two features: 0 to 2. A feature of zeros has distance 1 from every other.
     */
    COSINE {
        @Override
        double value(FeatureMatrix pair) {
            return isZero(pair, 0) || isZero(pair, 1) ? 1 : squared(pair.normalized()) / 2;
        }
    };

    /**
     * Returns the distance between two features.
     *
     * @throws IllegalArgumentException if they differ in length, are empty, or hold NaN or infinity
     */
    public double between(float[] a, float[] b) {
        Preconditions.checkArgument(
                a.length == b.length && a.length > 0,
                "features of %s and %s values have no distance",
                a.length,
                b.length);
        double distance = value(FeatureMatrix.ofRows(a, b));
        Preconditions.checkArgument(
                Double.isFinite(distance), "the distance of the features is %s, expected finite values", distance);
        return distance;
    }

    abstract double value(FeatureMatrix pair);

    private static double squared(FeatureMatrix pair) {
        return FixedOrder.squaredDistance(pair.data(), 0, pair.data(), pair.dims(), pair.dims());
    }

    private static boolean isZero(FeatureMatrix pair, int row) {
        return FixedOrder.isZero(pair.data(), row * pair.dims(), pair.dims());
    }
}
