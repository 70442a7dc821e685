package io.github.mgn4j.gallery;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * Finds the directions in which features vary most, nearly: randomised subspace iteration (Halko, Martinsson and Tropp, SIAM Review
 * 2011, algorithms 4.4 and 5.3). Seconds for 2048 dims, where {@link FeatureProjection}'s exact eigenvectors take minutes; an index
 * needs no more. The result depends on the features alone.
 */
final class SubspaceFit {
    private static final int ROWS = 4096;
    private static final int ITERATIONS = 4;

    /** Directions that are followed besides those that are wanted. */
    private static final int MORE = 16;

    /** Rows whose contributions are summed by one task. */
    private static final int TASK = 256;

    private static final float SCALE = 1024;

    private final float[][] sample;
    private final int followed;

    private SubspaceFit(float[][] sample, int followed) {
        this.sample = sample;
        this.followed = followed;
    }

    /** Returns the directions for the features of a view, by rows at equal steps. */
    static Subspace fit(View view, int wanted) {
        int count = Math.min(ROWS, view.rows());
        float[][] sample = new float[count][];
        for (int i = 0; i < count; i++) {
            sample[i] = view.read((int) ((long) i * view.rows() / count));
        }
        return fit(sample, wanted);
    }

    /** Returns the directions for a sample, which is changed. */
    static Subspace fit(float[][] sample, int wanted) {
        int dims = sample[0].length;
        float scale = centre(sample);
        if (wanted >= dims) {
            return Subspace.whole(dims, scale);
        }
        SubspaceFit fit = new SubspaceFit(sample, Math.min(dims, wanted + MORE));
        float[][] basis = fit.random(dims);
        for (int i = 0; i < ITERATIONS; i++) {
            orthonormalise(basis);
            basis = fit.covarianceTimes(basis);
        }
        orthonormalise(basis);
        return Subspace.of(fit.strongest(basis, wanted, scale));
    }

    /** Subtracts the mean and scales; returns the factor. */
    private static float centre(float[][] sample) {
        double[] mean = new double[sample[0].length];
        for (float[] row : sample) {
            for (int d = 0; d < mean.length; d++) {
                mean[d] += (double) row[d] / sample.length;
            }
        }
        double variance = 0;
        for (float[] row : sample) {
            for (int d = 0; d < mean.length; d++) {
                variance += (row[d] - mean[d]) * (row[d] - mean[d]) / sample.length;
            }
        }
        double factor = variance == 0 ? 1 : Math.min(Float.MAX_VALUE, SCALE / Math.sqrt(variance));
        for (float[] row : sample) {
            for (int d = 0; d < mean.length; d++) {
                row[d] = (float) ((row[d] - mean[d]) * factor);
            }
        }
        return (float) factor;
    }

    private float[][] random(int dims) {
        Random random = new Random(1);
        float[][] basis = new float[dims][followed];
        for (float[] row : basis) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return basis;
    }

    /** Returns {@code sampleᵀ x (sample x basis)}, summed in an order that does not depend on the number of threads. */
    private float[][] covarianceTimes(float[][] basis) {
        float[][] total = new float[basis.length][followed];
        IntStream.range(0, (sample.length + TASK - 1) / TASK)
                .parallel()
                .mapToObj(t -> {
                    float[][] sums = new float[basis.length][followed];
                    for (int i = t * TASK; i < Math.min(sample.length, (t + 1) * TASK); i++) {
                        float[] projected = Subspace.project(sample[i], basis);
                        for (int d = 0; d < sums.length; d++) {
                            addScaled(sample[i][d], projected, sums[d]);
                        }
                    }
                    return sums;
                })
                .forEachOrdered(sums -> {
                    for (int d = 0; d < total.length; d++) {
                        addScaled(1, sums[d], total[d]);
                    }
                });
        return total;
    }

    private static void addScaled(float factor, float[] from, float[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] += factor * from[i];
        }
    }

    /** Makes columns orthogonal and of unit length, by Gram and Schmidt, twice; one that depends on others becomes zero. */
    private static void orthonormalise(float[][] basis) {
        double[][] columns = new double[basis[0].length][basis.length];
        for (int c = 0; c < columns.length; c++) {
            double[] column = columns[c];
            for (int d = 0; d < column.length; d++) {
                column[d] = basis[d][c];
            }
            double before = Math.sqrt(dot(column, column));
            for (int pass = 0; pass < 2; pass++) {
                for (int other = 0; other < c; other++) {
                    double share = dot(columns[other], column);
                    for (int d = 0; d < column.length; d++) {
                        column[d] -= share * columns[other][d];
                    }
                }
            }
            double length = Math.sqrt(dot(column, column));
            double scale = length > 1e-6 * before ? 1 / length : 0; // what is left of a dependent one is rounding
            for (int d = 0; d < column.length; d++) {
                column[d] *= scale;
                basis[d][c] = (float) column[d];
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Rotates the directions so that the first vary most, keeps as many as are wanted, and scales them. */
    private float[][] strongest(float[][] basis, int wanted, float scale) {
        double[][] variances = new double[followed][followed];
        for (float[] row : sample) {
            float[] projected = Subspace.project(row, basis);
            for (int a = 0; a < followed; a++) {
                for (int b = 0; b < followed; b++) {
                    variances[a][b] += (double) projected[a] * projected[b];
                }
            }
        }
        EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(variances, false));
        double[] values = eigen.getRealEigenvalues();
        int[] order = IntStream.range(0, followed)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> values[i]).reversed())
                .mapToInt(i -> i)
                .limit(wanted)
                .toArray();
        float[][] rotation = new float[followed][wanted];
        for (int i = 0; i < wanted; i++) {
            for (int a = 0; a < followed; a++) {
                rotation[a][i] = (float) (scale * eigen.getV().getEntry(a, order[i]));
            }
        }
        return Arrays.stream(basis).map(row -> Subspace.project(row, rotation)).toArray(float[][]::new);
    }
}
