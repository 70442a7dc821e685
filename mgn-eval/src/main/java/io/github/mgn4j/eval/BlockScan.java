package io.github.mgn4j.eval;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.eval.internal.Tasks;

/** Squared distances as |a|&sup2; + |b|&sup2; - 2ab, by the products of blocks. */
final class BlockScan {
    /** Rows per task. */
    private static final int ROWS = 16;

    /** Columns that one task transposes: whole cache lines. */
    private static final int COLUMNS = 64;

    private final PackedRows queries;
    private final PackedRows gallery;
    private final BlockProducts.Shape shape;
    private final boolean symmetric;

    /**
     * Prepares a scan.
     *
     * @param symmetric true if queries and gallery are the same, so that each product serves two rows
     */
    BlockScan(PackedRows queries, PackedRows gallery, BlockProducts.Shape shape, boolean symmetric) {
        this.queries = queries;
        this.gallery = gallery;
        this.shape = shape;
        this.symmetric = symmetric;
    }

    /** Hands every row to the consumer, as {@link BoundedDistances#scan} does. */
    void run(BlockProducts.Factory factory, BoundedDistances.PartConsumer consumer) {
        if (queries.size() == 0 || gallery.size() == 0) {
            return;
        }
        try (BlockProducts block = factory.open(shape)) {
            int packed = 0; // the first blocks of queries, each in a slot of its own
            for (int g = 0; g < gallery.size(); g += shape.gallery()) {
                int width = Math.min(shape.gallery(), gallery.size() - g);
                gallery.copy(g, width, shape, block::gallery);
                block.takeGallery();
                for (int q = 0; q < (symmetric ? g + 1 : queries.size()); q += shape.queries()) {
                    int height = Math.min(shape.queries(), queries.size() - q);
                    int index = q / shape.queries();
                    int slot = Math.min(index, shape.slots() - 1);
                    if (index >= packed) {
                        queries.copy(q, height, shape, slice -> block.queries(slot, slice));
                        block.takeQueries(slot);
                        packed = isAlone(slot) ? index + 1 : packed;
                    }
                    block.multiply(slot);
                    consume(block, q, height, g, width, consumer);
                    if (symmetric && q < g) {
                        consumeTransposed(block, q, height, g, width, consumer);
                    }
                }
            }
        }
    }

    /** Returns whether only one block of queries is ever in a slot; in the last, there may be many. */
    private boolean isAlone(int slot) {
        return slot < shape.slots() - 1 || (long) shape.slots() * shape.queries() >= queries.size();
    }

    private void consume(
            BlockProducts block, int q, int height, int g, int width, BoundedDistances.PartConsumer consumer) {
        Tasks.run(height, ROWS, (start, end) -> {
            float[] near = new float[width];
            float[] product = new float[width];
            for (int i = start; i < end; i++) {
                sum(block, i * shape.gallery(), near, product);
                finish(q + i, g, width, near);
                consumer.accept(q + i, g, width, near);
            }
        });
    }

    /** Hands over the columns of a block above the diagonal as the rows of its mirror block below the diagonal. */
    private void consumeTransposed(
            BlockProducts block, int q, int height, int g, int width, BoundedDistances.PartConsumer consumer) {
        Tasks.run(width, COLUMNS, (start, end) -> {
            float[][] near = new float[end - start][height];
            float[] strip = new float[end - start];
            float[] product = new float[end - start];
            for (int i = 0; i < height; i++) {
                sum(block, i * shape.gallery() + start, strip, product);
                for (int j = 0; j < strip.length; j++) {
                    near[j][i] = strip[j];
                }
            }
            for (int j = 0; j < near.length; j++) {
                finish(g + start + j, q, height, near[j]);
                consumer.accept(g + start + j, q, height, near[j]);
            }
        });
    }

    /** Sums inner products over all slices. */
    private void sum(BlockProducts block, int offset, float[] into, float[] product) {
        block.products(0).get(offset, into);
        for (int s = 1; s < shape.slices(); s++) {
            block.products(s).get(offset, product);
            for (int j = 0; j < into.length; j++) {
                into[j] += product[j];
            }
        }
    }

    /** Converts inner products to squared distances. */
    private void finish(int query, int from, int width, float[] near) {
        float square = queries.square(query);
        for (int j = 0; j < width; j++) {
            near[j] = square + gallery.square(from + j) - 2 * near[j];
        }
    }
}
