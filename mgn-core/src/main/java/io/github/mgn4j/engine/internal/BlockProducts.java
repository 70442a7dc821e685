package io.github.mgn4j.engine.internal;

import java.nio.FloatBuffer;

/**
 * A matrix product queries x gallery&#x1D40; of float32 blocks, cut into slices of the dimensions that are multiplied
 * apart. The order of summation within a slice is the implementation's own. Not thread-safe, but the buffers may be
 * filled and read from several threads.
 */
public interface BlockProducts extends AutoCloseable {
    /** Opens the arithmetic for one shape of blocks. */
    @FunctionalInterface
    interface Factory {
        /**
         * Allocates the buffers of one shape.
         *
         * @param queries rows of the block of queries
         * @param gallery rows of the block of gallery
         * @param depth dimensions of a slice
         * @param slices number of slices
         */
        BlockProducts open(int queries, int gallery, int depth, int slices);
    }

    /** Returns the room for the query rows of a slice: {@code [queries, depth]}. */
    FloatBuffer queries(int slice);

    /** Returns the room for the gallery rows of a slice: {@code [gallery, depth]}. */
    FloatBuffer gallery(int slice);

    /** Returns the inner products over a slice: {@code [queries, gallery]}. */
    FloatBuffer products(int slice);

    /** Computes the products of every slice. */
    void multiply();

    @Override
    void close();
}
