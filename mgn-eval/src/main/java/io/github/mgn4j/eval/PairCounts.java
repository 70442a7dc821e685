package io.github.mgn4j.eval;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Exact counts of the pairs of each person in the queries between consecutive edges, from a scan of near values. */
final class PairCounts {
    private static final int[] NONE = {};

    private final double[] edges;
    /** Counts by person and bin. Bin b holds distances above edge b - 1 and not above edge b. */
    private final long[][] same;

    private final long[][] different;

    private PairCounts(double[] edges, int people) {
        this.edges = edges;
        same = new long[people][edges.length + 1];
        different = new long[people][edges.length + 1];
    }

    /**
     * Counts the pairs of queries and gallery entries.
     *
     * @param distances between the queries and the gallery
     * @param queries labels of the queries
     * @param gallery labels of the gallery without junk
     * @param edges exact values, ascending
     */
    static PairCounts of(BoundedDistances distances, Labels queries, Labels gallery, double[] edges) {
        Map<Integer, Integer> people = new HashMap<>();
        int[] person = new int[queries.size()];
        for (int q = 0; q < queries.size(); q++) {
            person[q] = people.computeIfAbsent(queries.pid(q), pid -> people.size());
        }
        PairCounts counts = new PairCounts(edges, people.size());
        Map<Integer, int[]> entriesOf = gallery.byPid();
        for (int q = 0; q < queries.size(); q++) {
            for (int j : entriesOf.getOrDefault(queries.pid(q), NONE)) {
                if (!gallery.sameView(j, queries, q)) {
                    counts.same[person[q]][counts.bin(distances.exact(q, j))]++;
                }
            }
        }
        distances.scan((q, from, width, near) -> {
            int[] samePerson = entriesOf.getOrDefault(queries.pid(q), NONE);
            int[] bins = counts.count(distances, q, from, width, near, samePerson);
            long[] row = counts.different[person[q]];
            synchronized (row) {
                for (int b = 0; b < bins.length; b++) {
                    row[b] += bins[b];
                }
            }
        });
        return counts;
    }

    private int[] count(BoundedDistances distances, int q, int from, int width, float[] near, int[] samePerson) {
        int[] bins = new int[edges.length + 1];
        float tolerance = distances.tolerance(q);
        float last = Math.nextUp((float) (edges[edges.length - 1] + tolerance));
        int counted = width;
        int next = Arrays.binarySearch(samePerson, from);
        for (int i = next < 0 ? -next - 1 : next; i < samePerson.length && samePerson[i] < from + width; i++) {
            near[samePerson[i] - from] = Float.POSITIVE_INFINITY;
            counted--;
        }
        int within = 0;
        for (int j = 0; j < width; j++) {
            if (near[j] <= last) {
                int bin = bin(near[j] - (double) tolerance);
                boolean sure = bin == edges.length || near[j] + (double) tolerance <= edges[bin];
                bins[sure ? bin : bin(distances.exact(q, from + j))]++;
                within++;
            }
        }
        bins[edges.length] += counted - within;
        return bins;
    }

    private int bin(double value) {
        int at = Arrays.binarySearch(edges, value);
        return at >= 0 ? at : -at - 1;
    }

    int people() {
        return same.length;
    }

    /** Returns the pairs of the same person by bin, each person weighted. */
    long[] same(long[] weights) {
        return total(same, weights);
    }

    /** Returns the pairs of different people by bin, weighted by the person of the query. */
    long[] different(long[] weights) {
        return total(different, weights);
    }

    private long[] total(long[][] counts, long[] weights) {
        long[] total = new long[edges.length + 1];
        for (int p = 0; p < counts.length; p++) {
            if (weights[p] != 0) {
                for (int b = 0; b < total.length; b++) {
                    total[b] += weights[p] * counts[p][b];
                }
            }
        }
        return total;
    }
}
