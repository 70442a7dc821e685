package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.BlockProducts;

/**
 * How a matrix product is cut into blocks.
 *
 * @param slots number of blocks of queries that are held, so that they are not packed again for every block of the gallery
 * @param queries rows of a block of queries
 * @param gallery rows of a block of the gallery
 * @param slices number of slices that the dimensions are cut into
 * @param depth dimensions of a slice; zeros fill the last
 */
record BlockShape(int slots, int queries, int gallery, int slices, int depth) {
    /** Memory for the blocks by default: 128 MiB. Larger blocks are no faster. */
    static final long DEFAULT_BYTES = 128L << 20;

    /** Least memory for the blocks. With less, blocks cannot be made small enough. */
    static final long MIN_BYTES = 1L << 20;

    /**
     * Dimensions summed in one float32 sum. With more dimensions the error grows, and with it the number of pairs to
     * recompute; with fewer, more sums have to be read.
     */
    private static final int MAX_DEPTH = 2048;

    private static final int MAX_QUERIES = 1024;
    private static final int MAX_GALLERY = 2048;
    private static final int MAX_SQUARE = 1024;

    /** Returns the largest blocks of about equal size that fit into {@code bytes}, multiplied as {@code precision}. */
    static BlockShape of(int queries, int gallery, int dims, long bytes, Precision precision) {
        return of(queries, gallery, MAX_QUERIES, MAX_GALLERY, dims, bytes, precision);
    }

    /** Returns square blocks, for the distances within one set of images. */
    static BlockShape square(int images, int dims, long bytes, Precision precision) {
        return of(images, images, MAX_SQUARE, MAX_SQUARE, dims, bytes, precision);
    }

    private static BlockShape of(
            int queries, int gallery, int maxRows, int maxColumns, int dims, long bytes, Precision precision) {
        checkBytes(bytes);
        int slices = parts(dims, MAX_DEPTH);
        int depth = parts(dims, slices);
        int rows = Math.min(queries, maxRows);
        int columns = Math.min(gallery, maxColumns);
        while (new BlockShape(1, rows, columns, slices, depth).bytes(precision) > bytes && (rows > 1 || columns > 1)) {
            // For its size, a square block needs the fewest features.
            int larger = Math.max(rows, columns);
            rows = rows == larger ? (rows + 1) / 2 : rows;
            columns = columns == larger ? (columns + 1) / 2 : columns;
        }
        rows = parts(queries, parts(queries, rows));
        columns = parts(gallery, parts(gallery, columns));
        BlockShape shape = new BlockShape(1, rows, columns, slices, depth);
        while (shape.sharesSlot(shape.slots, queries)) {
            BlockShape more = new BlockShape(shape.slots + 1, rows, columns, slices, depth);
            if (more.bytes(precision) > bytes) {
                break;
            }
            shape = more;
        }
        return shape;
    }

    /** Returns the memory of the blocks. What is rounded to bfloat16 is there twice: a block of float32 values, and rounded. */
    long bytes(Precision precision) {
        long held = ((long) slots * queries + gallery) * depth;
        long staged = ((long) queries + gallery) * depth;
        long products = (long) queries * gallery * Float.BYTES;
        return slices
                * (precision == Precision.BF16
                        ? products + held * Short.BYTES + staged * Float.BYTES
                        : products + held * Float.BYTES);
    }

    /** Returns whether a block of {@code rows} queries is in the last slot together with others. */
    boolean sharesSlot(int block, int rows) {
        return block >= slots - 1 && (long) slots * queries < rows;
    }

    /** Returns the shape of the products. */
    BlockProducts.Shape ofProducts() {
        return new BlockProducts.Shape(slots, queries, gallery, depth, slices);
    }

    static void checkBytes(long bytes) {
        check(bytes >= MIN_BYTES, "memory for blocks is %d bytes, must be at least %d", bytes, MIN_BYTES);
    }

    private static int parts(int size, int part) {
        return Math.max(1, (size + part - 1) / Math.max(1, part));
    }
}
