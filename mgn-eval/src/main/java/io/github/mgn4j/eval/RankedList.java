package io.github.mgn4j.eval;

import io.github.mgn4j.eval.internal.NearestQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Ranks the gallery of one query by a row of any distances. */
final class RankedList {
    private RankedList() {}

    /**
     * Returns the result of a query.
     *
     * @param distances to every gallery entry
     * @param topCount number of nearest entries to keep
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
        for (int j : nearest.sort().entries()) {
            top.add(new QueryResult.Ranked(j, distances[j]));
        }
        return matches.score(query, top);
    }
}
