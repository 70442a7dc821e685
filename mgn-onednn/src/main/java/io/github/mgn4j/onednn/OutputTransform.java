package io.github.mgn4j.onednn;

import io.github.mgn4j.onednn.Winograd.Tiles;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Transforms the products {@code [36, tiles, channels]} into maps {@code [batch, height, width, channels]}, with bias,
 * the sum with the previous contents, and ReLU.
 */
final class OutputTransform implements LineTransform {
    private final Tiles tiles;
    private final int channels;
    private final boolean sum;
    private final boolean relu;
    /** The bias, repeated for every tile of a row. */
    private final float[] bias;

    OutputTransform(Tiles tiles, float[] bias, boolean sum, boolean relu) {
        this.tiles = tiles;
        this.channels = bias.length;
        this.sum = sum;
        this.relu = relu;
        this.bias = new float[tiles.columns() * channels];
        for (int i = 0; i < this.bias.length; i += channels) {
            System.arraycopy(bias, 0, this.bias, i, channels);
        }
    }

    @Override
    public int lines() {
        return tiles.batch() * tiles.rows();
    }

    @Override
    public void line(int line, FloatBuffer products, FloatBuffer maps, Scratch scratch) {
        int segment = bias.length;
        float[][] values = scratch.take(0, Winograd.WINDOW, segment);
        float[][] horizontal = scratch.take(1, Winograd.WINDOW * Winograd.TILE, segment);
        for (int i = 0; i < Winograd.WINDOW; i++) {
            for (int j = 0; j < Winograd.WINDOW; j++) {
                int point = i * Winograd.WINDOW + j;
                products.get((point * tiles.count() + line * tiles.columns()) * channels, values[j], 0, segment);
            }
            float[][] row = Arrays.copyOfRange(horizontal, i * Winograd.TILE, (i + 1) * Winograd.TILE);
            Winograd.output(values, row, segment);
        }
        int width = tiles.width() * channels;
        float[][] rows = scratch.take(2, Winograd.TILE + 1, width);
        float[][] done = scratch.take(3, Winograd.TILE, segment);
        for (int j = 0; j < Winograd.TILE; j++) {
            float[][] column = new float[Winograd.WINDOW][];
            for (int i = 0; i < Winograd.WINDOW; i++) {
                column[i] = horizontal[i * Winograd.TILE + j];
            }
            Winograd.output(column, done, segment);
            for (int y = 0; y < Winograd.TILE; y++) {
                add(done[y], bias, segment);
                spread(done[y], j, rows[y]);
            }
        }
        int image = line / tiles.rows();
        int top = line % tiles.rows() * Winograd.TILE;
        for (int y = 0; y < Math.min(Winograd.TILE, tiles.height() - top); y++) {
            int place = (image * tiles.height() + top + y) * width;
            if (sum) {
                maps.get(place, rows[Winograd.TILE], 0, width);
                add(rows[y], rows[Winograd.TILE], width);
            }
            if (relu) {
                relu(rows[y], width);
            }
            maps.put(place, rows[y], 0, width);
        }
    }

    /** Scatters column {@code j} of every tile into the row. */
    private void spread(float[] column, int j, float[] row) {
        for (int tile = 0; tile < tiles.columns(); tile++) {
            int x = tile * Winograd.TILE + j;
            if (x < tiles.width()) {
                System.arraycopy(column, tile * channels, row, x * channels, channels);
            }
        }
    }

    private static void add(float[] to, float[] values, int length) {
        for (int k = 0; k < length; k++) {
            to[k] += values[k];
        }
    }

    private static void relu(float[] values, int length) {
        for (int k = 0; k < length; k++) {
            values[k] = Math.max(values[k], 0);
        }
    }
}
