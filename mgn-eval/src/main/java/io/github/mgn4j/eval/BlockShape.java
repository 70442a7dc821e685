package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

/**
 * How a product of matrices is cut.
 *
 * @param queries rows of a block of queries
 * @param gallery rows of a block of the gallery
 * @param slices parts of the dimensions
 * @param depth dimensions of a slice; zeros fill the last
 */
record BlockShape(int queries, int gallery, int slices, int depth) {
    /** What blocks take when nobody says otherwise: 128 MiB, beyond which they get no faster. */
    static final long DEFAULT_BYTES = 128L << 20;

    /** Below this blocks cannot be made small enough. */
    static final long MIN_BYTES = 1L << 20;

    /**
     * Dimensions in one float32 sum: its error grows with them, and with it the number of pairs to look at again; the
     * number of sums to be read falls.
     */
    private static final int MAX_DEPTH = 1024;

    private static final int MAX_QUERIES = 1024;
    private static final int MAX_GALLERY = 4096;
    private static final int MAX_SQUARE = 2048;

    /** The largest blocks, of about equal sizes, that fit into some memory. */
    static BlockShape of(int queries, int gallery, int dims, long bytes) {
        return of(queries, gallery, MAX_QUERIES, MAX_GALLERY, dims, bytes);
    }

    /** Square blocks, for images among themselves. */
    static BlockShape square(int images, int dims, long bytes) {
        return of(images, images, MAX_SQUARE, MAX_SQUARE, dims, bytes);
    }

    private static BlockShape of(int queries, int gallery, int maxRows, int maxColumns, int dims, long bytes) {
        checkBytes(bytes);
        int slices = parts(dims, MAX_DEPTH);
        int depth = parts(dims, slices);
        int rows = Math.min(queries, maxRows);
        int columns = Math.min(gallery, maxColumns);
        while (bytes(rows, columns, slices, depth) > bytes && (rows > 1 || columns > 1)) {
            // For its size, a square block needs the fewest features.
            int larger = Math.max(rows, columns);
            rows = rows == larger ? (rows + 1) / 2 : rows;
            columns = columns == larger ? (columns + 1) / 2 : columns;
        }
        return new BlockShape(
                parts(queries, parts(queries, rows)), parts(gallery, parts(gallery, columns)), slices, depth);
    }

    static void checkBytes(long bytes) {
        check(bytes >= MIN_BYTES, "memory for blocks is %d bytes, must be at least %d", bytes, MIN_BYTES);
    }

    private static long bytes(long rows, long columns, long slices, long depth) {
        return Float.BYTES * slices * ((rows + columns) * depth + rows * columns);
    }

    private static int parts(int size, int part) {
        return Math.max(1, (size + part - 1) / Math.max(1, part));
    }
}
