package io.github.mgn4j.eval;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.stream.IntStream;

/** The affinities of t-SNE: Gaussians about each point whose width fits the perplexity, made symmetric. */
final class TsneAffinities {
    private static final int MAX_HALVINGS = 64;
    private static final double TOLERANCE = 1e-6;
    /** Least affinity of a pair, as in bhtsne, so that none vanishes. */
    private static final double LEAST = 1e-12;

    private TsneAffinities() {}

    /** Returns the affinities {@code [rows, rows]}: symmetric, zero on the diagonal, summing to 1. */
    static double[][] of(FeatureMatrix features, double perplexity) {
        int n = features.rows();
        double[][] conditional = new double[n][];
        double[][] squares = squares(features);
        IntStream.range(0, n).parallel().forEach(i -> conditional[i] = conditional(squares[i], i, perplexity));
        double[][] p = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                p[i][j] = Math.max(LEAST, (conditional[i][j] + conditional[j][i]) / (2 * n));
                p[j][i] = p[i][j];
            }
        }
        return p;
    }

    /** Returns squared Euclidean distances, summed in float64. */
    private static double[][] squares(FeatureMatrix features) {
        int n = features.rows();
        int dims = features.dims();
        float[] data = features.data();
        double[][] squares = new double[n][n];
        IntStream.range(0, n).parallel().forEach(i -> {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int k = 0; k < dims; k++) {
                    double d = (double) data[i * dims + k] - data[j * dims + k];
                    sum += d * d;
                }
                squares[i][j] = sum;
            }
        });
        return squares;
    }

    /**
     * Returns the probabilities of choosing each other point as a neighbour of point {@code i}: a Gaussian whose
     * precision is found by bisection such that their entropy is the logarithm of the perplexity.
     */
    static double[] conditional(double[] squares, int i, double perplexity) {
        double nearest = Double.POSITIVE_INFINITY;
        double mean = 0;
        for (int j = 0; j < squares.length; j++) {
            if (j != i) {
                nearest = Math.min(nearest, squares[j]);
                mean += squares[j] / (squares.length - 1);
            }
        }
        double[] p = new double[squares.length];
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double precision = mean > 0 ? 1 / mean : 1;
        for (int t = 0; t < MAX_HALVINGS; t++) {
            double sum = 0;
            double weighted = 0;
            for (int j = 0; j < p.length; j++) {
                // Distances are relative to the nearest, so that not every weight underflows.
                p[j] = j == i ? 0 : Math.exp(-precision * (squares[j] - nearest));
                sum += p[j];
                weighted += p[j] * (squares[j] - nearest);
            }
            double entropy = Math.log(sum) + precision * weighted / sum;
            for (int j = 0; j < p.length; j++) {
                p[j] /= sum;
            }
            double excess = entropy - Math.log(perplexity);
            if (Math.abs(excess) < TOLERANCE) {
                break;
            }
            if (excess > 0) {
                low = precision;
                precision = high == Double.POSITIVE_INFINITY ? 2 * precision : (low + high) / 2;
            } else {
                high = precision;
                precision = (low + high) / 2;
            }
        }
        return p;
    }
}
