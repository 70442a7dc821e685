package io.github.mgn4j.engine.internal;

import java.nio.FloatBuffer;

/**
 * Computes the matrix product queries x gallery&#x1D40; of float32 blocks. The dimensions are cut into slices, whose
 * products are kept apart. The order of summation within a slice depends on the implementation. Not thread-safe, but
 * several threads may fill and read the buffers.
 */
public interface BlockProducts extends AutoCloseable {
    /** Opens the products for one shape of blocks. */
    @FunctionalInterface
    interface Factory {
        /**
         * Allocates the buffers for one shape.
         *
         * @param queries rows of a block of queries
         * @param gallery rows of a block of the gallery
         * @param depth dimensions of a slice
         * @param slices number of slices
         */
        BlockProducts open(int queries, int gallery, int depth, int slices);
    }

    /** Returns the buffer for the query rows of a slice: {@code [queries, depth]}. */
    FloatBuffer queries(int slice);

    /** Returns the buffer for the gallery rows of a slice: {@code [gallery, depth]}. */
    FloatBuffer gallery(int slice);

    /** Returns the inner products over a slice: {@code [queries, gallery]}. */
    FloatBuffer products(int slice);

    /** Computes the products of every slice. */
    void multiply();

    @Override
    void close();
}
