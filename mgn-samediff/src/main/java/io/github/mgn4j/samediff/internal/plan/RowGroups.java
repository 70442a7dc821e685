package io.github.mgn4j.samediff.internal.plan;

/**
 * Sums the rows of a matrix in repeated groups, as products with short rows of ones. One product over all rows (196,608 in
 * the first layer of a batch of 16) would lose digits in float32.
 */
public final class RowGroups {
    private static final long MOST = 32;

    private RowGroups() {}

    /**
     * Returns the number of rows to sum at a time: the largest divisor of their number up to 32, or all of them if it has none.
     *
     * @param rows at least 1
     */
    public static long size(long rows) {
        for (long size = Math.min(MOST, rows); size > 1; size--) {
            if (rows % size == 0) {
                return size;
            }
        }
        return rows;
    }
}
