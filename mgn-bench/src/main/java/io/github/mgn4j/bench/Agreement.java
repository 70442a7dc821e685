package io.github.mgn4j.bench;

import io.github.mgn4j.engine.Precision;
import java.nio.FloatBuffer;
import java.util.Locale;

/** Checks that two engines compute the same features, so that their speeds can be compared. */
final class Agreement {
    /** Tolerance relative to the largest value, in float32. */
    private static final double TOLERANCE = 1e-3;

    /** Least cosine of a feature with its reference, in shorter formats. */
    private static final double COSINE = 0.99;

    private Agreement() {}

    /**
     * Compares features {@code [images, dims]}.
     *
     * @return a description of their agreement
     * @throws IllegalStateException if they are too far apart
     */
    static String check(float[] features, float[] reference, int dims, Precision precision) {
        if (features.length != reference.length) {
            throw new IllegalStateException(
                    "%d values, the reference has %d".formatted(features.length, reference.length));
        }
        boolean exact = precision == Precision.FP32;
        double agreement = exact ? apart(FloatBuffer.wrap(features), reference) : cosine(features, reference, dims);
        boolean good = exact ? agreement <= TOLERANCE : agreement >= COSINE;
        String text = String.format(Locale.ROOT, exact ? "%.1e of the largest value" : "cosine %.4f", agreement);
        if (!good) {
            throw new IllegalStateException("the features are not those of the first engine: %s, expected %s %s in %s"
                    .formatted(
                            text,
                            exact ? "at most" : "at least",
                            exact ? TOLERANCE : COSINE,
                            Workload.name(precision)));
        }
        return text;
    }

    /** Returns the largest difference in units of the reference's largest value; NaN if there is a NaN. */
    static double apart(FloatBuffer features, float[] reference) {
        double largest = 0;
        double apart = 0;
        for (int i = 0; i < reference.length; i++) {
            largest = Math.max(largest, Math.abs(reference[i]));
            apart = Math.max(apart, Math.abs((double) features.get(i) - reference[i]));
            if (Float.isNaN(features.get(i))) {
                return Double.NaN;
            }
        }
        return apart / largest;
    }

    /** Returns the smallest cosine of a row of features {@code [images, dims]} with its reference. */
    static double cosine(float[] features, float[] reference, int dims) {
        double smallest = 1;
        for (int row = 0; row < reference.length; row += dims) {
            double product = 0;
            double a = 0;
            double b = 0;
            for (int i = row; i < row + dims; i++) {
                product += (double) features[i] * reference[i];
                a += (double) features[i] * features[i];
                b += (double) reference[i] * reference[i];
            }
            smallest = Math.min(smallest, product / Math.sqrt(a * b));
        }
        return smallest;
    }
}
