package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

/**
 * How an approximate index is built and searched. Immutable.
 *
 * @param degree neighbours of an entry in the graph
 * @param beam entries that are kept in sight while the graph is built
 * @param dims dimensions to which features are projected, 4 bytes in memory each; features of fewer are taken as they are
 * @param overquery candidates that are compared exactly, as a multiple of k
 * @param threads threads that build
 */
public record IndexOptions(int degree, int beam, int dims, int overquery, int threads) {
    /** Dimensions in which nearly all of what tells people apart lies. */
    private static final int DIMS = 128;

    /** Returns the default options for features of a length: 128 dimensions, on all processors. */
    public static IndexOptions of(int dims) {
        return new IndexOptions(
                32, 100, Math.min(dims, DIMS), 10, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Creates options.
     *
     * @throws GalleryException if one is below 1
     */
    public IndexOptions {
        check(degree >= 1, "degree must be at least 1, not %d", degree);
        check(beam >= 1, "beam must be at least 1, not %d", beam);
        check(dims >= 1, "dims must be at least 1, not %d", dims);
        check(overquery >= 1, "overquery must be at least 1, not %d", overquery);
        check(threads >= 1, "threads must be at least 1, not %d", threads);
    }
}
