package io.github.mgn4j.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** One query's gallery, ranked as far as the metrics need it: the ranks of the true matches, and the nearest entries. */
final class RankedList {
    private RankedList() {}

    /**
     * The result of a query.
     *
     * @param distances to every gallery entry
     * @param self a gallery entry that is the query itself and left out, or -1
     * @param topCount how many of the nearest entries to keep
     */
    static QueryResult rank(int query, Labels queries, Labels gallery, double[] distances, int self, int topCount) {
        int[] matches = new int[16];
        int count = 0;
        for (int j = 0; j < distances.length; j++) {
            if (gallery.pid(j) == queries.pid(query) && isKept(query, queries, j, gallery, self)) {
                matches = count == matches.length ? Arrays.copyOf(matches, 2 * count) : matches;
                matches[count++] = j;
            }
        }
        int[] sorted = nearestFirst(Arrays.copyOf(matches, count), distances);

        // before[i]: entries of other people that lie before match i, but not before match i - 1.
        int[] before = new int[count + 1];
        NearestQueue nearest = new NearestQueue(Math.min(topCount, distances.length));
        for (int j = 0; j < distances.length; j++) {
            if (isKept(query, queries, j, gallery, self)) {
                nearest.offer(distances[j], j);
                if (gallery.pid(j) != queries.pid(query)) {
                    before[matchesBefore(sorted, distances, j)]++;
                }
            }
        }
        List<QueryResult.Ranked> top = new ArrayList<>();
        for (int j : nearest.ascending()) {
            top.add(new QueryResult.Ranked(j, distances[j]));
        }
        return score(query, count, before, top);
    }

    private static boolean isKept(int query, Labels queries, int j, Labels gallery, int self) {
        return !gallery.isJunk(j) && j != self && !gallery.sameView(j, queries, query);
    }

    /** Sorts gallery entries by distance; of equal ones the earlier entry is first. */
    private static int[] nearestFirst(int[] entries, double[] distances) {
        return Arrays.stream(entries)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer j) -> distances[j]).thenComparing(j -> j))
                .mapToInt(j -> j)
                .toArray();
    }

    private static int matchesBefore(int[] sorted, double[] distances, int j) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int m = sorted[middle];
            boolean first = distances[m] < distances[j] || (distances[m] == distances[j] && m < j);
            low = first ? middle + 1 : low;
            high = first ? high : middle;
        }
        return low;
    }

    private static QueryResult score(int query, int count, int[] before, List<QueryResult.Ranked> top) {
        if (count == 0) {
            return new QueryResult(query, 0, 0, 0, 0, 0, top);
        }
        double precisions = 0;
        double trapezoids = 0;
        int others = 0;
        for (int i = 0; i < count; i++) {
            others += before[i];
            int rank = i + 1 + others;
            double precision = (i + 1.0) / rank;
            double previous = rank == 1 ? 1 : i / (rank - 1.0);
            precisions += precision;
            trapezoids += (previous + precision) / 2;
        }
        int last = count + others;
        return new QueryResult(
                query, count, precisions / count, trapezoids / count, (double) count / last, 1 + before[0], top);
    }
}
