package io.github.mgn4j.onednn;

import com.google.common.math.IntMath;
import java.math.RoundingMode;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016): a 3x3
 * convolution without stride is cut into tiles of 4x4 results, each from a window of 6x6 values. With the windows and the
 * kernels transformed, the 36 points of a window are independent products over the channels, which take a quarter of the
 * multiplications, and four times the weights. The transforms are {@code B'dB} of a window, {@code A'mA} of the products,
 * {@code GgG'} of a kernel.
 */
final class Winograd {
    /** Rows and columns of a tile. */
    static final int TILE = 4;

    /** Rows and columns of the window that a tile's results are computed from. */
    static final int WINDOW = 6;

    /** Values of a window. */
    static final int POINTS = WINDOW * WINDOW;

    private static final int KERNEL = 3;
    /** Values of each vector that are processed together, so that all stay in the innermost cache. */
    private static final int CHUNK = 512;

    private Winograd() {}

    /** Computes {@code B'} times six vectors of {@code length}. */
    static void input(float[][] d, float[][] result, int length) {
        for (int from = 0; from < length; from += CHUNK) {
            int to = Math.min(from + CHUNK, length);
            triple(d[0], d[2], d[4], result[0], from, to);
            pairs(d[4], d[2], d[3], d[1], -4, 1, result[1], from, to);
            pairs(d[4], d[2], d[3], d[1], -4, -1, result[2], from, to);
            pairs(d[4], d[2], d[3], d[1], -1, 2, result[3], from, to);
            pairs(d[4], d[2], d[3], d[1], -1, -2, result[4], from, to);
            triple(d[1], d[3], d[5], result[5], from, to);
        }
    }

    /** Computes {@code A'} times six vectors of {@code length}, which gives four. */
    static void output(float[][] m, float[][] result, int length) {
        for (int from = 0; from < length; from += CHUNK) {
            int to = Math.min(from + CHUNK, length);
            pairs(m[1], m[2], m[3], m[4], 1, 1, result[0], from, to);
            add(m[0], result[0], from, to);
            pairs(m[1], m[2], m[3], m[4], -1, 2, result[1], from, to);
            pairs(m[1], m[2], m[3], m[4], 1, 4, result[2], from, to);
            pairs(m[1], m[2], m[3], m[4], -1, 8, result[3], from, to);
            add(m[5], result[3], from, to);
        }
    }

    /** The tiles that cover the maps of a batch, row by row and image by image. */
    record Tiles(int batch, int height, int width) {
        /** Returns the rows of tiles in an image. */
        int rows() {
            return IntMath.divide(height, TILE, RoundingMode.CEILING);
        }

        /** Returns the tiles in a row. */
        int columns() {
            return IntMath.divide(width, TILE, RoundingMode.CEILING);
        }

        int count() {
            return batch * rows() * columns();
        }

        /** Returns the number of results in the tiles per result in the maps. */
        double waste() {
            return (double) rows() * columns() * TILE * TILE / (height * width);
        }
    }

    /**
     * Transforms kernels.
     *
     * @param weights {@code [out, in, 3, 3]}
     * @param transformed receives {@code [36, out, in]}
     */
    static void weights(FloatBuffer weights, int out, int in, FloatBuffer transformed) {
        IntStream.range(0, out).parallel().forEach(o -> {
            double[][] kernel = new double[KERNEL * KERNEL][in];
            double[][] half = new double[WINDOW * KERNEL][in];
            double[] row = new double[in];
            float[] rounded = new float[in];
            float[] values = new float[in * kernel.length];
            weights.get(o * values.length, values);
            for (int k = 0; k < kernel.length; k++) {
                for (int i = 0; i < in; i++) {
                    kernel[k][i] = values[i * kernel.length + k];
                }
            }
            for (int i = 0; i < WINDOW; i++) {
                for (int x = 0; x < KERNEL; x++) {
                    kernel(i, kernel[x], kernel[KERNEL + x], kernel[2 * KERNEL + x], half[i * KERNEL + x]);
                }
                double[] left = half[i * KERNEL];
                for (int j = 0; j < WINDOW; j++) {
                    kernel(j, left, half[i * KERNEL + 1], half[i * KERNEL + 2], row);
                    for (int k = 0; k < in; k++) {
                        rounded[k] = (float) row[k];
                    }
                    transformed.put(((i * WINDOW + j) * out + o) * in, rounded);
                }
            }
        });
    }

    /** Computes a row of {@code G} times three vectors. */
    private static void kernel(int row, double[] a, double[] b, double[] c, double[] result) {
        switch (row) {
            case 0 -> {
                for (int k = 0; k < result.length; k++) {
                    result[k] = a[k] / 4;
                }
            }
            case 1 -> {
                for (int k = 0; k < result.length; k++) {
                    result[k] = -((a[k] + c[k]) + b[k]) / 6;
                }
            }
            case 2 -> {
                for (int k = 0; k < result.length; k++) {
                    result[k] = -((a[k] + c[k]) - b[k]) / 6;
                }
            }
            case 3 -> {
                for (int k = 0; k < result.length; k++) {
                    result[k] = (a[k] / 24 + c[k] / 6) + b[k] / 12;
                }
            }
            case 4 -> {
                for (int k = 0; k < result.length; k++) {
                    result[k] = (a[k] / 24 + c[k] / 6) - b[k] / 12;
                }
            }
            default -> System.arraycopy(c, 0, result, 0, result.length);
        }
    }

    // The JIT vectorises loops that write one array and use one index.

    /** Computes {@code 4x - 5y + z}. */
    private static void triple(float[] x, float[] y, float[] z, float[] result, int from, int to) {
        for (int k = from; k < to; k++) {
            result[k] = 4 * x[k] - 5 * y[k] + z[k];
        }
    }

    /** Computes {@code (a + inner b) + outer (c + inner d)}. */
    private static void pairs(
            float[] a, float[] b, float[] c, float[] d, float inner, float outer, float[] result, int from, int to) {
        for (int k = from; k < to; k++) {
            result[k] = (a[k] + inner * b[k]) + outer * (c[k] + inner * d[k]);
        }
    }

    private static void add(float[] x, float[] result, int from, int to) {
        for (int k = from; k < to; k++) {
            result[k] += x[k];
        }
    }
}
