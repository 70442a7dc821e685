package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

/**
 * How an approximate index is built and searched. Immutable.
 *
 * @param degree neighbours of an entry in the graph
 * @param beam entries that are kept in sight while the graph is built
 * @param bytesPerEntry bytes to which a feature is quantised, in memory
 * @param overquery candidates that are compared exactly, as a multiple of k
 * @param threads threads that build
 */
public record IndexOptions(int degree, int beam, int bytesPerEntry, int overquery, int threads) {
    /** Returns the default options for features of a length: 1 byte for 8 dimensions, at least 32. */
    public static IndexOptions of(int dims) {
        return new IndexOptions(
                32,
                100,
                Math.min(dims, Math.max(32, dims / 8)),
                10,
                Runtime.getRuntime().availableProcessors());
    }

    /**
     * Creates options.
     *
     * @throws GalleryException if one is below 1
     */
    public IndexOptions {
        check(degree >= 1, "degree must be at least 1, not %d", degree);
        check(beam >= 1, "beam must be at least 1, not %d", beam);
        check(bytesPerEntry >= 1, "bytes per entry must be at least 1, not %d", bytesPerEntry);
        check(overquery >= 1, "overquery must be at least 1, not %d", overquery);
        check(threads >= 1, "threads must be at least 1, not %d", threads);
    }
}
