package io.github.mgn4j.eval;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Jaccard distances of the images' encodings, from queries to the gallery. Only pairs that share a weight are stored;
 * all others are at distance 1. An inverted index, from each image to the images whose encodings contain it, finds
 * these pairs.
 */
final class JaccardDistances {
    private final SparseRow[] rows;

    private JaccardDistances(SparseRow[] rows) {
        this.rows = rows;
    }

    /**
     * Computes the distances.
     *
     * @param encoding of the queries, then of the gallery
     */
    static JaccardDistances of(SparseRow[] encoding, int queries) {
        int gallery = encoding.length - queries;
        int[] starts = new int[encoding.length + 1];
        for (int g = 0; g < gallery; g++) {
            SparseRow row = encoding[queries + g];
            for (int i = 0; i < row.size(); i++) {
                starts[row.column(i) + 1]++;
            }
        }
        for (int c = 0; c < encoding.length; c++) {
            starts[c + 1] = Math.addExact(starts[c], starts[c + 1]);
        }
        int[] holders = new int[starts[encoding.length]];
        double[] weights = new double[holders.length];
        int[] next = starts.clone();
        for (int g = 0; g < gallery; g++) {
            SparseRow row = encoding[queries + g];
            for (int i = 0; i < row.size(); i++) {
                int at = next[row.column(i)]++;
                holders[at] = g;
                weights[at] = row.value(i);
            }
        }
        SparseRow[] rows = new SparseRow[queries];
        IntStream.range(0, queries)
                .parallel()
                .forEach(q -> rows[q] = row(encoding[q], starts, holders, weights, gallery));
        return new JaccardDistances(rows);
    }

    private static SparseRow row(SparseRow query, int[] starts, int[] holders, double[] weights, int gallery) {
        double[] common = new double[gallery];
        for (int i = 0; i < query.size(); i++) {
            int c = query.column(i);
            for (int at = starts[c]; at < starts[c + 1]; at++) {
                common[holders[at]] += Math.min(query.value(i), weights[at]);
            }
        }
        int[] entries = new int[64];
        double[] distances = new double[64];
        int size = 0;
        for (int g = 0; g < gallery; g++) {
            if (common[g] > 0) {
                if (size == entries.length) {
                    entries = Arrays.copyOf(entries, 2 * size);
                    distances = Arrays.copyOf(distances, 2 * size);
                }
                entries[size] = g;
                // Weights sum to 1, so the sum of the maxima is 2 minus the sum of the minima.
                distances[size++] = 1 - common[g] / (2 - common[g]);
            }
        }
        return new SparseRow(Arrays.copyOf(entries, size), Arrays.copyOf(distances, size));
    }

    /** Returns the distances of a query that are not 1, by gallery entry. */
    SparseRow row(int query) {
        return rows[query];
    }

    double get(int query, int entry) {
        int at = rows[query].find(entry);
        return at < rows[query].size() && rows[query].column(at) == entry ? rows[query].value(at) : 1;
    }
}
