package io.github.mgn4j.spec;

/**
 * The stem's maximum pooling: windows of 3x3 at stride 2.
 *
 * @param padding positions above and to the left of the map that the first windows cover: 1 or 0
 * @param height rows of the input map
 * @param width columns of the input map
 * @param outputHeight rows of the result
 * @param outputWidth columns of the result
 */
public record StemPool(int padding, int height, int width, int outputHeight, int outputWidth) {
    /** Rows and columns of a window. */
    public static final int KERNEL = 3;
    /** Distance of two windows. */
    public static final int STRIDE = 2;

    /** Returns the number of rows below the map that the last window covers: 0 or 1. */
    public int rowsBeyond() {
        return beyond(height, outputHeight);
    }

    /** Returns the number of columns to the right of the map that the last window covers: 0 or 1. */
    public int columnsBeyond() {
        return beyond(width, outputWidth);
    }

    private int beyond(int length, int output) {
        return Math.max(0, (output - 1) * STRIDE + KERNEL - length - padding);
    }
}
