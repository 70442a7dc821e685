package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

/**
 * Says from which size on a gallery is searched by an approximate index, and when the index is built again. Immutable.
 *
 * @param entries the fewest entries for which an index is built
 * @param growth the entries that may be added before the index is due again, as a fraction of those it covers
 * @param options how the index is built
 */
public record IndexPolicy(int entries, double growth, IndexOptions options) {
    /** Values that an exact search reads in about 50 ms on two cores. */
    private static final int VALUES = 1 << 27;

    private static final double GROWTH = 0.05;

    /** Returns the default policy for features of a length: from where an exact search takes about 50 ms on two cores. */
    public static IndexPolicy of(int dims) {
        return new IndexPolicy(VALUES / Math.max(1, dims), GROWTH, IndexOptions.of(dims));
    }

    /**
     * Creates a policy.
     *
     * @throws GalleryException if {@code entries} is below {@value Gallery#FEWEST_INDEXED}, or {@code growth} is negative or no
     *     number
     */
    public IndexPolicy {
        check(
                entries >= Gallery.FEWEST_INDEXED,
                "an index needs at least %d entries, not %d",
                Gallery.FEWEST_INDEXED,
                entries);
        check(growth >= 0, "growth must be at least 0, not %s", growth);
    }

    /** Returns whether an index is due for {@code rows} rows, of which the present index covers {@code covered}. */
    boolean isDue(int rows, int covered) {
        return rows >= entries && (covered == 0 || rows - covered > growth * covered);
    }
}
