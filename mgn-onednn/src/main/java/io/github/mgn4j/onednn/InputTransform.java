package io.github.mgn4j.onednn;

import io.github.mgn4j.onednn.Winograd.Tiles;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Transforms maps {@code [batch, height, width, channels]} into the points of their windows {@code [36, tiles,
 * channels]}. A Winograd.WINDOW extends one value beyond its tile on every side; beyond the map's edges the values are
 * zeros.
 */
record InputTransform(Tiles tiles, int channels) implements LineTransform {
    @Override
    public int lines() {
        return tiles.batch() * tiles.rows();
    }

    @Override
    public void line(int line, FloatBuffer maps, FloatBuffer points, Scratch scratch) {
        int image = line / tiles.rows();
        int top = line % tiles.rows() * Winograd.TILE - 1;
        int row = tiles.width() * channels;
        int segment = tiles.columns() * channels;
        float[][] values = scratch.take(0, Winograd.WINDOW, row);
        for (int i = 0; i < Winograd.WINDOW; i++) {
            int y = top + i;
            if (y >= 0 && y < tiles.height()) {
                maps.get((image * tiles.height() + y) * row, values[i], 0, row);
            } else {
                Arrays.fill(values[i], 0, row, 0);
            }
        }
        float[][] vertical = scratch.take(1, Winograd.WINDOW, row);
        Winograd.input(values, vertical, row);
        float[][] columns = scratch.take(2, Winograd.WINDOW, segment);
        float[][] done = scratch.take(3, Winograd.WINDOW, segment);
        for (int i = 0; i < Winograd.WINDOW; i++) {
            for (int j = 0; j < Winograd.WINDOW; j++) {
                column(vertical[i], j, columns[j]);
            }
            Winograd.input(columns, done, segment);
            for (int j = 0; j < Winograd.WINDOW; j++) {
                int point = i * Winograd.WINDOW + j;
                points.put((point * tiles.count() + line * tiles.columns()) * channels, done[j], 0, segment);
            }
        }
    }

    /** Gathers column {@code j} of every window in a row of tiles, side by side. */
    private void column(float[] row, int j, float[] column) {
        for (int tile = 0; tile < tiles.columns(); tile++) {
            int x = tile * Winograd.TILE - 1 + j;
            if (x >= 0 && x < tiles.width()) {
                System.arraycopy(row, x * channels, column, tile * channels, channels);
            } else {
                Arrays.fill(column, tile * channels, (tile + 1) * channels, 0);
            }
        }
    }
}
