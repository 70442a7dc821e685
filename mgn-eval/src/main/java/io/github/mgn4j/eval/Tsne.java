package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * t-SNE: lays features out in a plane such that near features stay near (van der Maaten and Hinton, "Visualizing Data
 * using t-SNE", JMLR 2008). Exact: every pair counts, so time and memory grow with the square of the number of points.
 * Meant for some hundreds of points. Schedule and step sizes are those of van der Maaten's bhtsne ("Accelerating t-SNE
 * using Tree-Based Algorithms", JMLR 2014, section 5.1): momentum 0.5 for 250 steps, then 0.8; early exaggeration by 12
 * for the same 250 steps; learning rate 50 with adaptive gains.
 *
 * <p>Deterministic for a seed, for any number of threads. Immutable and thread-safe.
 *
 * @param perplexity effective number of neighbours of each point; lowered to a third of the other points if there are
 *     fewer
 * @param iterations number of steps, at least 1
 * @param seed seed of the initial layout
 */
public record Tsne(double perplexity, int iterations, long seed) {
    /** Largest number of points. Take a sample of larger sets. */
    public static final int MAX_POINTS = 2000;

    private static final int EXAGGERATED = 250;
    private static final double EXAGGERATION = 12;
    /** The value of bhtsne is 200, for a gradient without its factor 4. */
    private static final double LEARNING_RATE = 50;

    private static final double SMALLEST_GAIN = 0.01;

    /**
     * Checks the settings.
     *
     * @throws EvaluationException if {@code perplexity} is outside 1..{@link #MAX_POINTS} or {@code iterations} is
     *     below 1
     */
    public Tsne {
        check(perplexity >= 1 && perplexity <= MAX_POINTS, "perplexity is %s, must be 1 to %d", perplexity, MAX_POINTS);
        check(iterations >= 1, "iterations is %d, must be at least 1", iterations);
    }

    /** Creates t-SNE with perplexity 30, 1000 steps and seed 0. */
    public Tsne() {
        this(30, 1000, 0);
    }

    /**
     * Lays out the rows by their Euclidean distances.
     *
     * @return the coordinates, {@code [rows][2]}, centred on the origin
     * @throws EvaluationException if there are fewer than 4 rows or more than {@link #MAX_POINTS}
     */
    public double[][] layout(FeatureMatrix features) {
        int n = features.rows();
        check(n >= 4 && n <= MAX_POINTS, "t-SNE of %d points, possible are 4 to %d", n, MAX_POINTS);
        double[][] p = TsneAffinities.of(features, Math.min(perplexity, (n - 1) / 3.0));
        Random random = new Random(seed);
        double[][] y = new double[n][2];
        double[][] step = new double[n][2];
        double[][] gain = new double[n][2];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < 2; k++) {
                y[i][k] = 1e-4 * random.nextGaussian();
                gain[i][k] = 1;
            }
        }
        for (int t = 0; t < iterations; t++) {
            double[][] gradient = gradient(p, y, t < EXAGGERATED ? EXAGGERATION : 1);
            double momentum = t < EXAGGERATED ? 0.5 : 0.8;
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < 2; k++) {
                    // As in bhtsne: the gain grows while gradient and step have opposite signs.
                    boolean onwards = Math.signum(gradient[i][k]) != Math.signum(step[i][k]);
                    gain[i][k] = Math.max(SMALLEST_GAIN, onwards ? gain[i][k] + 0.2 : gain[i][k] * 0.8);
                    step[i][k] = momentum * step[i][k] - LEARNING_RATE * gain[i][k] * gradient[i][k];
                    y[i][k] += step[i][k];
                }
            }
            centre(y);
        }
        return y;
    }

    /**
     * Computes the gradient of the Kullback-Leibler divergence of the layout from the affinities, 4 sum_j (p_ij - q_ij)
     * (y_i - y_j) / (1 + |y_i - y_j|^2), with the affinities multiplied by an exaggeration. Each point's sums are
     * computed by one thread in a fixed order.
     */
    static double[][] gradient(double[][] p, double[][] y, double exaggeration) {
        int n = y.length;
        double[][] gradient = new double[n][];
        double[][] repulsion = new double[n][];
        IntStream.range(0, n).parallel().forEach(i -> {
            double x0 = y[i][0];
            double x1 = y[i][1];
            double sum = 0;
            double pull0 = 0;
            double pull1 = 0;
            double push0 = 0;
            double push1 = 0;
            for (int j = 0; j < n; j++) {
                double d0 = x0 - y[j][0];
                double d1 = x1 - y[j][1];
                double near = 1 / (1 + d0 * d0 + d1 * d1);
                double pull = p[i][j] * near;
                double push = near * near;
                sum += near;
                pull0 += pull * d0;
                pull1 += pull * d1;
                push0 += push * d0;
                push1 += push * d1;
            }
            gradient[i] = new double[] {4 * exaggeration * pull0, 4 * exaggeration * pull1};
            // Subtracts the point itself, which was added as 1.
            repulsion[i] = new double[] {4 * push0, 4 * push1, sum - 1};
        });
        double total = 0;
        for (double[] one : repulsion) {
            total += one[2];
        }
        for (int i = 0; i < n; i++) {
            gradient[i][0] -= repulsion[i][0] / total;
            gradient[i][1] -= repulsion[i][1] / total;
        }
        return gradient;
    }

    private static void centre(double[][] y) {
        for (int k = 0; k < 2; k++) {
            double mean = 0;
            for (double[] point : y) {
                mean += point[k] / y.length;
            }
            for (double[] point : y) {
                point[k] -= mean;
            }
        }
    }
}
