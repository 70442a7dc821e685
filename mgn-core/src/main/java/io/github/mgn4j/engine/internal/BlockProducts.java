package io.github.mgn4j.engine.internal;

import java.nio.FloatBuffer;

/**
 * A matrix product queries x gallery&#x1D40; of float32 blocks, cut into slices of the dimensions that are multiplied
 * apart. The order of summation within a slice is the implementation's own. Not thread-safe, but the buffers may be
 * filled and read from several threads.
 */
interface BlockProducts extends AutoCloseable {
    /** Opens the arithmetic for one shape of blocks. */
    @FunctionalInterface
    interface Factory {
        BlockProducts open(int queries, int gallery, int depth, int slices);
    }

    /** Room for the query rows of a slice: [queries, depth]. */
    FloatBuffer queries(int slice);

    /** Room for the gallery rows of a slice: [gallery, depth]. */
    FloatBuffer gallery(int slice);

    /** The inner products over a slice: [queries, gallery]. */
    FloatBuffer products(int slice);

    /** Computes the products of every slice. */
    void multiply();

    @Override
    void close();
}
