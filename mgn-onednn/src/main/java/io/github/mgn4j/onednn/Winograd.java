package io.github.mgn4j.onednn;

import com.google.common.math.IntMath;
import com.google.common.primitives.ImmutableDoubleArray;
import java.math.RoundingMode;
import java.util.stream.IntStream;

/**
 * Winograd's minimal filtering (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016): a 3x3 convolution
 * without stride is cut into square tiles of results, each from a window that is two values wider. With the windows and the
 * kernels transformed, the points of a window are independent products over the channels, which take fewer multiplications.
 * The transforms are {@code B'dB} of a window, {@code A'mA} of the products, {@code GgG'} of a kernel.
 */
enum Winograd {
    /** F(2x2, 3x3): 2.25 times fewer multiplications, 1.8 times the weights. */
    F2(2, 1, 0, 0, 1 / 2., 1 / 2., 1 / 2., 1 / 2., -1 / 2., 1 / 2., 0, 0, 1) {
        @Override
        void input(float[][] d, float[][] result, int length) {
            for (int from = 0; from < length; from += CHUNK) {
                int to = Math.min(from + CHUNK, length);
                pair(d[0], -1, d[2], result[0], from, to);
                pair(d[1], 1, d[2], result[1], from, to);
                pair(d[2], -1, d[1], result[2], from, to);
                pair(d[1], -1, d[3], result[3], from, to);
            }
        }

        @Override
        void output(float[][] m, float[][] result, int length) {
            for (int from = 0; from < length; from += CHUNK) {
                int to = Math.min(from + CHUNK, length);
                pair(m[1], 1, m[2], result[0], from, to);
                add(m[0], result[0], from, to);
                pair(m[1], -1, m[2], result[1], from, to);
                pair(result[1], -1, m[3], result[1], from, to);
            }
        }
    },

    /** F(4x4, 3x3): four times fewer multiplications, four times the weights. */
    F4(
            4, 1 / 4., 0, 0, -1 / 6., -1 / 6., -1 / 6., -1 / 6., 1 / 6., -1 / 6., 1 / 24., 1 / 12., 1 / 6., 1 / 24.,
            -1 / 12., 1 / 6., 0, 0, 1) {
        @Override
        void input(float[][] d, float[][] result, int length) {
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

        @Override
        void output(float[][] m, float[][] result, int length) {
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
    };

    private static final int KERNEL = 3;

    /** Values of each vector that are worked on together, so that all stay in the innermost cache. */
    private static final int CHUNK = 512;

    private final int tile;
    /** G, row by row. */
    private final ImmutableDoubleArray kernelTransform;

    Winograd(int tile, double... kernelTransform) {
        this.tile = tile;
        this.kernelTransform = ImmutableDoubleArray.copyOf(kernelTransform);
    }

    /** Rows and columns of a tile. */
    int tile() {
        return tile;
    }

    /** Rows and columns of the window that a tile's results are made from. */
    int window() {
        return tile + KERNEL - 1;
    }

    /** Values of a window. */
    int points() {
        return window() * window();
    }

    /** {@code B'} times as many vectors of {@code length} as the window has rows. */
    abstract void input(float[][] d, float[][] result, int length);

    /** {@code A'} times as many vectors of {@code length} as the window has rows: as many as the tile has. */
    abstract void output(float[][] m, float[][] result, int length);

    /** The tiles that cover the maps of a batch, row by row and image by image. */
    record Tiles(Winograd form, int batch, int height, int width) {
        /** Rows of tiles in an image. */
        int rows() {
            return IntMath.divide(height, form.tile, RoundingMode.CEILING);
        }

        /** Tiles in a row. */
        int columns() {
            return IntMath.divide(width, form.tile, RoundingMode.CEILING);
        }

        int count() {
            return batch * rows() * columns();
        }

        /** How many results the tiles have for each one that is in the maps. */
        double waste() {
            return (double) rows() * columns() * form.tile * form.tile / (height * width);
        }
    }

    /**
     * Transforms kernels.
     *
     * @param weights {@code [out, in, 3, 3]}
     * @return {@code [points, out, in]}
     */
    float[] weights(float[] weights, int out, int in) {
        float[] transformed = new float[Math.multiplyExact(points(), out * in)];
        IntStream.range(0, out).parallel().forEach(o -> {
            double[] half = new double[window() * KERNEL];
            for (int kernel = o * in; kernel < (o + 1) * in; kernel++) {
                for (int i = 0; i < window(); i++) {
                    for (int x = 0; x < KERNEL; x++) {
                        double sum = 0;
                        for (int y = 0; y < KERNEL; y++) {
                            sum += kernelTransform.get(i * KERNEL + y)
                                    * weights[kernel * KERNEL * KERNEL + y * KERNEL + x];
                        }
                        half[i * KERNEL + x] = sum;
                    }
                }
                for (int i = 0; i < window(); i++) {
                    for (int j = 0; j < window(); j++) {
                        double sum = 0;
                        for (int x = 0; x < KERNEL; x++) {
                            sum += half[i * KERNEL + x] * kernelTransform.get(j * KERNEL + x);
                        }
                        transformed[(i * window() + j) * out * in + kernel] = (float) sum;
                    }
                }
            }
        });
        return transformed;
    }

    // The JIT vectorises loops that write one array and use one index.

    /** {@code x + factor y}. */
    private static void pair(float[] x, float factor, float[] y, float[] result, int from, int to) {
        for (int k = from; k < to; k++) {
            result[k] = x[k] + factor * y[k];
        }
    }

    /** {@code 4x - 5y + z}. */
    private static void triple(float[] x, float[] y, float[] z, float[] result, int from, int to) {
        for (int k = from; k < to; k++) {
            result[k] = 4 * x[k] - 5 * y[k] + z[k];
        }
    }

    /** {@code (a + inner b) + outer (c + inner d)}. */
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
