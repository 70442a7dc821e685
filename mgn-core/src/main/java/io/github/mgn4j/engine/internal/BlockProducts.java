package io.github.mgn4j.engine.internal;

import io.github.mgn4j.engine.Precision;
import java.nio.FloatBuffer;

/**
 * Computes the matrix product queries x gallery&#x1D40; of blocks of rows. Several blocks of queries can be held, in slots, beside
 * one block of the gallery. The dimensions are cut into slices, whose products are kept apart; sums are in float32, and their
 * order within a slice depends on the implementation. Not thread-safe, but several threads may fill and read the buffers.
 */
public interface BlockProducts extends AutoCloseable {
    /**
     * The size of the blocks.
     *
     * @param slots number of blocks of queries that are held
     * @param queries rows of a block of queries
     * @param gallery rows of a block of the gallery
     * @param depth dimensions of a slice
     * @param slices number of slices
     */
    record Shape(int slots, int queries, int gallery, int depth, int slices) {
        /** Returns the memory of the blocks. What is rounded to bfloat16 is there twice: a block of float32 values, and rounded. */
        public long bytes(Precision precision) {
            long held = ((long) slots * queries + gallery) * depth;
            long staged = ((long) queries + gallery) * depth;
            long products = (long) queries * gallery * Float.BYTES;
            return slices
                    * (precision == Precision.BF16
                            ? products + held * Short.BYTES + staged * Float.BYTES
                            : products + held * Float.BYTES);
        }
    }

    /** Opens the products for one shape of blocks. */
    @FunctionalInterface
    interface Factory {
        /** Allocates the buffers for one shape. */
        BlockProducts open(Shape shape);

        /**
         * Returns what is multiplied: float32 values as they are, or {@link Precision#BF16}, to which they are rounded before, half
         * to even. Sums are in float32 in any case.
         */
        default Precision precision() {
            return Precision.FP32;
        }
    }

    /**
     * Returns the buffer for the query rows of a slot's slice: {@code [queries, depth]}. Slots may share it, so call {@link
     * #takeQueries} when it is filled, and fill it anew for another slot.
     */
    FloatBuffer queries(int slot, int slice);

    /** Takes what is in {@link #queries} for a slot's rows. */
    void takeQueries(int slot);

    /** Returns the buffer for the gallery rows of a slice: {@code [gallery, depth]}. Call {@link #takeGallery} when it is filled. */
    FloatBuffer gallery(int slice);

    /** Takes what is in {@link #gallery} for the rows of the gallery. */
    void takeGallery();

    /** Returns the inner products over a slice: {@code [queries, gallery]}, of the slot that was multiplied last. */
    FloatBuffer products(int slice);

    /** Computes the products of every slice of a slot's queries. */
    void multiply(int slot);

    @Override
    void close();
}
