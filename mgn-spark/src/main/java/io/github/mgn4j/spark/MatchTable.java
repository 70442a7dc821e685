package io.github.mgn4j.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The true matches of a block of queries.
 *
 * @param matches of each query, nearest first
 */
record MatchTable(List<List<Match>> matches) implements Serializable {
    private static final long serialVersionUID = 1L;

    static MatchTable of(int queries, List<Match> matches) {
        List<List<Match>> table = new ArrayList<>();
        for (int q = 0; q < queries; q++) {
            table.add(new ArrayList<>());
        }
        matches.forEach(match -> table.get(match.query()).add(match));
        table.forEach(each -> each.sort(Match.BY_DISTANCE));
        return new MatchTable(table);
    }

    /** Returns how many of a query's matches are nearer than another entry. */
    int nearer(int query, double distance, String path) {
        List<Match> sorted = matches.get(query);
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            Match match = sorted.get(middle);
            if (match.distance() < distance
                    || (match.distance() == distance && Match.BY_BYTES.compare(match.path(), path) < 0)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
