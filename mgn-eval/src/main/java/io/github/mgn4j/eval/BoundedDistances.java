package io.github.mgn4j.eval;

/**
 * Distances in two qualities: near values, computed fast for whole rows, and exact values, for the pairs whose order
 * the near values leave open. {@link #compute} gives the {@link #distance} of every exact value. Results decided by
 * both do not depend on how the near values were computed within their tolerance: not on the library, the blocks or the
 * threads. Implementations are thread-safe.
 */
interface BoundedDistances extends Distances {
    /** Returns the value that ranks an entry. Equal features have the same bits, wherever they lie. */
    double exact(int query, int entry);

    /** Returns the largest difference between near and exact values of a query. */
    float tolerance(int query);

    /** Returns the largest difference between the near and the exact value of a pair: {@link #tolerance(int)} or less. */
    float tolerance(int query, int entry);

    /**
     * Returns the same distances with sharper near values, which take longer to compute; itself if there are none. The exact values
     * are the same.
     */
    BoundedDistances sharp();

    /** Returns the distance to report for an exact value. */
    double distance(double exact);

    /** Hands every row of near values to the consumer, in parts. */
    void scan(PartConsumer consumer);

    /**
     * Receives the parts of the rows. The parts of one query arrive one after the other by ascending entry; those of
     * different queries arrive concurrently.
     */
    @FunctionalInterface
    interface PartConsumer {
        /**
         * Takes a part of a row.
         *
         * @param from the entry of the first value
         * @param width number of values
         * @param near the near values; the callee may overwrite them
         */
        void accept(int query, int from, int width, float[] near);
    }
}
