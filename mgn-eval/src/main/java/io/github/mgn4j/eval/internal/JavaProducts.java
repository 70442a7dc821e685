package io.github.mgn4j.eval.internal;

import io.github.mgn4j.engine.internal.BlockProducts;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Products in plain Java, for class paths without a native library; see {@link ColumnTile}. */
public final class JavaProducts implements BlockProducts {
    private final int rows;
    private final int columns;
    private final int depth;
    private final float[][][] queries;
    private final float[][] gallery;
    private final float[][] products;

    /** Allocates the buffers for one shape, as {@link BlockProducts.Factory#open} does. */
    public JavaProducts(Shape shape) {
        rows = shape.queries();
        columns = shape.gallery();
        depth = shape.depth();
        queries = new float[shape.slots()][shape.slices()][Math.multiplyExact(rows, depth)];
        gallery = new float[shape.slices()][Math.multiplyExact(columns, depth)];
        products = new float[shape.slices()][Math.multiplyExact(rows, columns)];
    }

    @Override
    public FloatBuffer queries(int slot, int slice) {
        return FloatBuffer.wrap(queries[slot][slice]);
    }

    @Override
    public void takeQueries(int slot) {
        // They are read where they were written.
    }

    @Override
    public FloatBuffer gallery(int slice) {
        return FloatBuffer.wrap(gallery[slice]);
    }

    @Override
    public void takeGallery() {
        // They are read where they were written.
    }

    @Override
    public FloatBuffer products(int slice) {
        return FloatBuffer.wrap(products[slice]);
    }

    @Override
    public void multiply(int slot) {
        int tiles = (columns + ColumnTile.WIDTH - 1) / ColumnTile.WIDTH;
        IntStream.range(0, tiles * products.length)
                .parallel()
                .forEach(t -> multiply(queries[slot][t / tiles], t / tiles, t % tiles * ColumnTile.WIDTH));
    }

    /** Computes the products of a slice with the gallery rows from {@code first} on. */
    private void multiply(float[] asked, int slice, int first) {
        int width = Math.min(ColumnTile.WIDTH, columns - first);
        float[][] tile = ColumnTile.allocate();
        float[] query = new float[ColumnTile.DEPTH];
        float[] sums = new float[ColumnTile.WIDTH];
        float[] out = products[slice];
        for (int d = 0; d < depth; d += ColumnTile.DEPTH) {
            // Values past the last dimension are 0 on both sides and add nothing.
            int length = Math.min(ColumnTile.DEPTH, depth - d);
            for (int j = 0; j < width; j++) {
                ColumnTile.put(gallery[slice], (first + j) * depth + d, length, tile, j);
            }
            Arrays.fill(query, 0);
            for (int q = 0; q < rows; q++) {
                System.arraycopy(asked, q * depth + d, query, 0, length);
                int at = q * columns + first;
                if (d == 0) {
                    Arrays.fill(sums, 0);
                } else {
                    System.arraycopy(out, at, sums, 0, width);
                }
                for (int k = 0; k < length; k += ColumnTile.STEP) {
                    accumulate(query, k, tile, width, sums);
                }
                System.arraycopy(sums, 0, out, at, width);
            }
        }
    }

    private static void accumulate(float[] query, int k, float[][] tile, int width, float[] sums) {
        float q0 = query[k];
        float q1 = query[k + 1];
        float q2 = query[k + 2];
        float q3 = query[k + 3];
        float[] t0 = tile[k];
        float[] t1 = tile[k + 1];
        float[] t2 = tile[k + 2];
        float[] t3 = tile[k + 3];
        for (int j = 0; j < width; j++) {
            // HotSpot vectorises neither two results nor eight products. Math.fma is no faster here, and a
            // thousand times slower on a processor without it.
            sums[j] = sums[j] + q0 * t0[j] + q1 * t1[j] + q2 * t2[j] + q3 * t3[j];
        }
    }

    @Override
    public void close() {
        // Memory of the heap.
    }
}
