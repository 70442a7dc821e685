package io.github.mgn4j.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** One query's gallery, ranked by a row of distances of any kind. */
final class RankedList {
    private RankedList() {}

    /**
     * The result of a query.
     *
     * @param distances to every gallery entry
     * @param topCount how many of the nearest entries to keep
     */
    static QueryResult rank(int query, Labels queries, Labels gallery, double[] distances, int topCount) {
        int[] kept = IntStream.range(0, distances.length)
                .filter(j -> !gallery.isJunk(j) && !gallery.sameView(j, queries, query))
                .toArray();
        int[] same = IntStream.of(kept)
                .filter(j -> gallery.pid(j) == queries.pid(query))
                .toArray();
        RankedMatches matches = new RankedMatches(
                same, IntStream.of(same).mapToDouble(j -> distances[j]).toArray());
        NearestQueue nearest = new NearestQueue(Math.min(topCount, distances.length));
        for (int j : kept) {
            nearest.offer(distances[j], j);
            if (gallery.pid(j) != queries.pid(query)) {
                matches.count(distances[j], j);
            }
        }
        List<QueryResult.Ranked> top = new ArrayList<>();
        for (int j : nearest.ascending()) {
            top.add(new QueryResult.Ranked(j, distances[j]));
        }
        return matches.score(query, top);
    }
}
