package io.github.mgn4j.plan;

/** How the rows of a matrix are grouped to be summed in two steps, which keeps float32 sums exact to a few digits more. */
public final class RowGroups {
    private RowGroups() {}

    /**
     * Number of groups of one size: the largest divisor of {@code rows} that is not above its root.
     *
     * @param rows at least 1
     */
    public static long of(long rows) {
        long groups = (long) Math.sqrt((double) rows);
        while (rows % groups != 0) {
            groups--;
        }
        return groups;
    }
}
