package io.github.mgn4j.features;

import com.google.common.base.Preconditions;

/**
 * The distance metric between two features. The values are bit-identical to those that an evaluation ranks by: float32 sums
 * over {@value #CHUNK} values at a time, added up in float64.
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

    private static final int CHUNK = 32;

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

    private static boolean isZero(FeatureMatrix pair, int row) {
        for (float value : pair.row(row)) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static double squared(FeatureMatrix pair) {
        double total = 0;
        for (int from = 0; from < pair.dims(); from += CHUNK) {
            float sum = 0;
            for (int j = from; j < Math.min(from + CHUNK, pair.dims()); j++) {
                float difference = pair.get(0, j) - pair.get(1, j);
                sum += difference * difference;
            }
            total += sum;
        }
        return total;
    }
}
