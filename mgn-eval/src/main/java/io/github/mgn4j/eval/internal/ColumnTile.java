package io.github.mgn4j.eval.internal;

import io.github.mgn4j.features.internal.FixedOrder;
import java.util.Arrays;

/**
 * A part of a gallery with its rows turned to columns, {@code [DEPTH][WIDTH]}: the compiler vectorises a loop over gallery
 * entries and must not reorder a sum over dimensions. It fits the first-level cache.
 */
public final class ColumnTile {
    /** Dimensions of a tile: those that are summed in float32. */
    public static final int DEPTH = FixedOrder.CHUNK;

    /** Gallery rows of a tile. */
    public static final int WIDTH = 256;

    /** Dimensions that one loop over the columns adds; divides {@link #DEPTH}. */
    public static final int STEP = 4;

    private ColumnTile() {}

    /** Creates a tile of zeros. */
    public static float[][] allocate() {
        return new float[DEPTH][WIDTH];
    }

    /**
     * Copies a part of a matrix; dimensions from {@code depth} on become 0.
     *
     * @param from rows of {@code dims} values
     * @param first index of the first row
     * @param width number of rows
     * @param d index of the first dimension
     * @param depth number of dimensions
     */
    public static void pack(float[] from, int dims, int first, int width, int d, int depth, float[][] tile) {
        for (int j = 0; j < width; j++) {
            int at = (first + j) * dims + d;
            for (int c = 0; c < depth; c++) {
                tile[c][j] = from[at + c];
            }
        }
        for (int c = depth; c < DEPTH; c++) {
            Arrays.fill(tile[c], 0);
        }
    }
}
