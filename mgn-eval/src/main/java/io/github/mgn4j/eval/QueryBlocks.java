package io.github.mgn4j.eval;

import java.util.stream.IntStream;

/** Runs over the rows of distances on all cores, a block of queries at a time. */
final class QueryBlocks {
    /** Queries that share one transposed tile of the gallery: enough to make transposing it cheap. */
    private static final int BLOCK = 32;

    private QueryBlocks() {}

    /** Receives each row once, from several threads at a time. The row is reused afterwards. */
    @FunctionalInterface
    interface RowConsumer {
        void accept(int query, double[] row);
    }

    static void forEachRow(Distances distances, RowConsumer consumer) {
        int queries = distances.queries();
        // Small sets are cut finer, so that every core has work.
        int cores = Runtime.getRuntime().availableProcessors();
        int block = Math.max(1, Math.min(BLOCK, queries / (2 * cores)));
        IntStream.range(0, (queries + block - 1) / block).parallel().forEach(b -> {
            int from = b * block;
            double[][] rows = new double[Math.min(block, queries - from)][distances.gallery()];
            distances.compute(from, rows);
            for (int i = 0; i < rows.length; i++) {
                consumer.accept(from + i, rows[i]);
            }
        });
    }
}
