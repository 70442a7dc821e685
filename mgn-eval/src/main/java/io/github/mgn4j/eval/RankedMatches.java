package io.github.mgn4j.eval;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The true matches of a query, nearest first, and the number of entries of other people before each. */
final class RankedMatches {
    private final int[] entries;
    private final double[] distances;
    /**
     * At i, the number of other people's entries before match i but not before match i - 1; at the end, those after the
     * last match.
     */
    private final int[] before;

    /**
     * Sorts the matches.
     *
     * @param entries the true matches
     * @param distances distance of each entry; ties keep the gallery's order
     */
    RankedMatches(int[] entries, double[] distances) {
        int[] order = IntStream.range(0, entries.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> distances[i]).thenComparing(i -> entries[i]))
                .mapToInt(i -> i)
                .toArray();
        this.entries = IntStream.of(order).map(i -> entries[i]).toArray();
        this.distances = IntStream.of(order).mapToDouble(i -> distances[i]).toArray();
        before = new int[entries.length + 1];
    }

    int size() {
        return entries.length;
    }

    /** Returns the distance of the i-th nearest match. */
    double distance(int i) {
        return distances[i];
    }

    /** Counts another person's entry that lies before match i but after the matches before it. */
    void countBefore(int i) {
        before[i]++;
    }

    /** Counts another person's entry. */
    void count(double distance, int entry) {
        int low = 0;
        int high = entries.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (distances[middle] < distance || (distances[middle] == distance && entries[middle] < entry)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        before[low]++;
    }

    /** Returns the result of the query, once all entries are counted. */
    QueryResult score(int query, List<QueryResult.Ranked> top) {
        return QueryResult.of(query, before, top);
    }
}
