package io.github.mgn4j.eval;

/**
 * Distances in two qualities: nearly, for whole rows and fast; exactly, for the pairs whose order the near values leave
 * open. What is decided with both does not depend on how the near ones were computed, within their tolerance: not on
 * the library, the blocks or the threads. Implementations are thread-safe.
 */
interface BoundedDistances {
    int queries();

    int gallery();

    /** The value that ranks an entry: the same bits for equal features, wherever they lie. */
    double exact(int query, int entry);

    /** How far near and exact values of a query are apart at most. */
    float tolerance(int query);

    /** The distance to report for an exact value. */
    double distance(double exact);

    /** Hands over every row of near values in parts. */
    void scan(PartConsumer consumer);

    /** Is given the parts of one query one after the other by ascending entry, those of different queries at a time. */
    @FunctionalInterface
    interface PartConsumer {
        /**
         * Takes a part of a row.
         *
         * @param from the entry of the first value
         * @param width number of values
         * @param near values, to be overwritten at will
         */
        void accept(int query, int from, int width, float[] near);
    }
}
