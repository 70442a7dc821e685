package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.BlockProducts;

/** Chooses how a matrix product is cut into blocks. Zeros fill the last slice of the dimensions. */
final class BlockShape {
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

    private BlockShape() {}

    /** Returns the largest blocks of about equal size that fit into {@code bytes}, multiplied as {@code precision}. */
    static BlockProducts.Shape of(int queries, int gallery, int dims, long bytes, Precision precision) {
        return of(queries, gallery, MAX_QUERIES, MAX_GALLERY, dims, bytes, precision);
    }

    /** Returns square blocks, for the distances within one set of images. */
    static BlockProducts.Shape square(int images, int dims, long bytes, Precision precision) {
        return of(images, images, MAX_SQUARE, MAX_SQUARE, dims, bytes, precision);
    }

    private static BlockProducts.Shape of(
            int queries, int gallery, int maxRows, int maxColumns, int dims, long bytes, Precision precision) {
        checkBytes(bytes);
        int slices = parts(dims, MAX_DEPTH);
        int depth = parts(dims, slices);
        int rows = Math.min(queries, maxRows);
        int columns = Math.min(gallery, maxColumns);
        while (new BlockProducts.Shape(1, rows, columns, depth, slices).bytes(precision) > bytes
                && (rows > 1 || columns > 1)) {
            // For its size, a square block needs the fewest features.
            int larger = Math.max(rows, columns);
            rows = rows == larger ? (rows + 1) / 2 : rows;
            columns = columns == larger ? (columns + 1) / 2 : columns;
        }
        rows = parts(queries, parts(queries, rows));
        columns = parts(gallery, parts(gallery, columns));
        BlockProducts.Shape shape = new BlockProducts.Shape(1, rows, columns, depth, slices);
        for (int slots = 2; slots <= parts(queries, rows); slots++) {
            // A block that is held is not packed again for every block of the gallery.
            BlockProducts.Shape more = new BlockProducts.Shape(slots, rows, columns, depth, slices);
            if (more.bytes(precision) > bytes) {
                break;
            }
            shape = more;
        }
        return shape;
    }

    static void checkBytes(long bytes) {
        check(bytes >= MIN_BYTES, "memory for blocks is %d bytes, must be at least %d", bytes, MIN_BYTES);
    }

    private static int parts(int size, int part) {
        return Math.max(1, (size + part - 1) / Math.max(1, part));
    }
}
