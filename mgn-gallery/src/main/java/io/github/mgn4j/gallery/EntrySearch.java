package io.github.mgn4j.gallery;

import io.github.mgn4j.eval.internal.NearCandidates;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Finds the nearest entries of each query among all rows. The result is that of exact distances; on ties the earlier row is first. */
final class EntrySearch {
    private EntrySearch() {}

    /**
     * Searches.
     *
     * @param options of each query
     * @param k number of entries to find for each query
     * @return the rows of each query, nearest first
     */
    static int[][] nearest(Queries queries, List<SearchOptions> options, int[] k) {
        View view = queries.view();
        if (PrunedScan.suits(queries, options.get(0))) {
            return new int[][] {nearest(queries, options.get(0), Math.min(k[0], view.rows()))};
        }
        NearScan scan = NearScan.of(queries);
        NearCandidates[] near = new NearCandidates[queries.count()];
        Arrays.setAll(near, q -> new NearCandidates(Math.min(k[q], view.rows()), scan.tolerance(q)));
        scan.run((q, from, width, values) -> collect(near[q], view, options.get(q), from, width, values));
        int[][] rows = new int[near.length][];
        IntStream.range(0, near.length)
                .parallel()
                .forEach(q -> rows[q] = near[q].settle(queries.exact(q)::square).entries());
        return rows;
    }

    private static int[] nearest(Queries query, SearchOptions options, int k) {
        return settle(new PrunedScan(query), query, options, k, Double.POSITIVE_INFINITY);
    }

    /**
     * Searches the rows from one on for one query, as {@link #nearest} does.
     *
     * @param limit squared distance above which entries need not be found
     */
    static int[] nearestFrom(int first, Queries query, SearchOptions options, int k, double limit) {
        int most = Math.min(k, query.view().rows() - first);
        return settle(new PrunedScan(query, first), query, options.forEntries(), most, limit);
    }

    private static int[] settle(PrunedScan scan, Queries query, SearchOptions options, int k, double limit) {
        NearCandidates near = new NearCandidates(k, scan.tolerance());
        float[] values = scan.run(options, k, limit);
        collect(near, query.view(), options, scan.first(), values.length, values);
        return near.settle(query.exact(0)::square).entries();
    }

    private static void collect(
            NearCandidates into, View view, SearchOptions options, int from, int width, float[] near) {
        synchronized (into) {
            for (int j = 0; j < width; j++) {
                if (near[j] < Float.POSITIVE_INFINITY && near[j] <= into.limit() && options.accepts(view, from + j)) {
                    into.offer(near[j], from + j);
                }
            }
        }
    }
}
