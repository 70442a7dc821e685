package io.github.mgn4j.eval;

import java.util.Arrays;
import java.util.List;

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
     * @param entries the true matches, ascending
     * @param distances distance of each entry; ties keep the entries' order
     */
    RankedMatches(int[] entries, double[] distances) {
        Integer[] order = new Integer[entries.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (i, j) -> Double.compare(distances[i], distances[j])); // stable
        this.entries = new int[order.length];
        this.distances = new double[order.length];
        for (int i = 0; i < order.length; i++) {
            this.entries[i] = entries[order[i]];
            this.distances[i] = distances[order[i]];
        }
        before = new int[entries.length + 1];
    }

    /** Returns the distance of the i-th nearest match. */
    double distance(int i) {
        return distances[i];
    }

    /** Returns the number of matches. */
    int size() {
        return entries.length;
    }

    /** Returns the i-th nearest match. */
    int entry(int i) {
        return entries[i];
    }

    /** Returns whether a distance is no more than {@code tolerance} from that of a match. */
    boolean isNear(double distance, double tolerance) {
        int place = Arrays.binarySearch(distances, distance - tolerance);
        int next = place < 0 ? -place - 1 : place;
        return next < distances.length && distances[next] <= distance + tolerance;
    }

    /** Counts another person's entry that lies before match i, or after the last, but after the matches before it. */
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
