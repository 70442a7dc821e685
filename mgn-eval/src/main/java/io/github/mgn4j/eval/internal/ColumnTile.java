package io.github.mgn4j.eval.internal;

import io.github.mgn4j.features.internal.FixedOrder;

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
     * Copies {@code depth} values from {@code at} on into a column; those below become 0.
     *
     * @param column index of the gallery row in the tile
     */
    public static void put(float[] from, int at, int depth, float[][] tile, int column) {
        for (int c = 0; c < depth; c++) {
            tile[c][column] = from[at + c];
        }
        for (int c = depth; c < DEPTH; c++) {
            tile[c][column] = 0;
        }
    }
}
