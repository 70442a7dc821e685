package io.github.mgn4j.gallery;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.eval.internal.Tasks;
import java.nio.FloatBuffer;

/**
 * Near values for many queries, as |a|&sup2; + |b|&sup2; - 2ab by the matrix products of evaluation. A block of rows is small, so
 * that it is in the cache when the product reads it.
 *
 * <p>The tolerance is a bound for any order of summation, as in evaluation: a float32 sum of n products is off by no more than n u
 * |a||b|, u = 2^-24.
 */
final class ProductScan implements NearScan {
    private static final int ROWS = 2 * EntryChunk.ROWS;
    private static final int QUERIES = 512;

    /** Dimensions that are summed in one float32 sum. */
    private static final int MAX_DEPTH = 1024;

    /** Rows per task. */
    private static final int TASK = 64;

    /** Queries per task. */
    private static final int QUERY_TASK = 16;

    /** Bound of all other rounding errors, in units of (|a|+|b|)&sup2;: the exact sums (34), norms and slices, and a margin. */
    private static final double OTHER_ERRORS = 48;

    private final Queries queries;
    private final View view;
    private final int dims;
    private final int slices;
    private final int depth;

    ProductScan(Queries queries) {
        this.queries = queries;
        view = queries.view();
        dims = queries.features().dims();
        slices = (dims + MAX_DEPTH - 1) / MAX_DEPTH;
        depth = (dims + slices - 1) / slices;
    }

    @Override
    public float tolerance(int query) {
        double length = queries.length(query);
        double both = length + view.longest();
        double error = (2.0 * (depth + slices) * length * view.longest() + OTHER_ERRORS * both * both) * UNIT;
        return (float) (1.01 * error + dims * 0x1p-124); // products may underflow to zero
    }

    @Override
    public void run(Part part) {
        int height = Math.min(QUERIES, queries.count());
        BlockProducts.Shape shape = new BlockProducts.Shape(1, height, ROWS, depth, slices);
        try (BlockProducts block = Products.float32().open(shape)) {
            fillUp(block.queries(0, slices - 1), height);
            fillUp(block.gallery(slices - 1), ROWS);
            for (int q = 0; q < queries.count(); q += height) {
                int count = Math.min(height, queries.count() - q);
                packQueries(q, count, block);
                block.takeQueries(0);
                for (int from = 0; from < view.rows(); from += ROWS) {
                    int width = Math.min(ROWS, view.rows() - from);
                    packRows(from, width, block);
                    block.takeGallery();
                    block.multiply(0);
                    consume(block, q, count, from, width, part);
                }
            }
        }
    }

    /** Sets the dimensions that the last slice has too many to zero. */
    private void fillUp(FloatBuffer slice, int rows) {
        int length = dims - (slices - 1) * depth;
        float[] zeros = new float[depth - length];
        for (int i = 0; i < rows; i++) {
            slice.put(i * depth + length, zeros);
        }
    }

    private void packQueries(int first, int count, BlockProducts block) {
        for (int i = 0; i < count; i++) {
            for (int s = 0; s < slices; s++) {
                int length = Math.min(depth, dims - s * depth);
                block.queries(0, s).put(i * depth, queries.features().data(), (first + i) * dims + s * depth, length);
            }
        }
    }

    private void packRows(int from, int width, BlockProducts block) {
        Tasks.run(width, TASK, (start, end) -> {
            for (int i = start; i < end; i++) {
                if ((from + i) % EntryChunk.ROWS == 0) {
                    view.verifyPart((from + i) / EntryChunk.ROWS);
                }
                for (int s = 0; s < slices; s++) {
                    int length = Math.min(depth, dims - s * depth);
                    view.features().copy(from + i, s * depth, length, block.gallery(s), i * depth);
                }
            }
        });
    }

    private void consume(BlockProducts block, int q, int count, int from, int width, Part part) {
        Tasks.run(count, QUERY_TASK, (start, end) -> {
            float[] product = new float[width];
            for (int i = start; i < end; i++) {
                float[] near = new float[width];
                block.products(0).get(i * ROWS, near);
                for (int s = 1; s < slices; s++) {
                    block.products(s).get(i * ROWS, product);
                    for (int j = 0; j < width; j++) {
                        near[j] += product[j];
                    }
                }
                finish(q + i, from, near);
                queries.correct(q + i, from, width, near);
                part.accept(q + i, from, width, near);
            }
        });
    }

    /** Converts inner products to squared distances. */
    private void finish(int query, int from, float[] near) {
        float square = (float) (queries.length(query) * queries.length(query));
        for (int j = 0; j < near.length; j++) {
            near[j] = square + view.square(from + j) - 2 * near[j];
        }
    }
}
