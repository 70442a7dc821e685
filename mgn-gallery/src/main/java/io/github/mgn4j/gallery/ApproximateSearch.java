package io.github.mgn4j.gallery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Searches by an approximate index: the candidates that it finds, and all rows that it does not cover, are compared exactly. So
 * distances and order are exact; an entry may be missing.
 */
final class ApproximateSearch {
    /** Fewest candidates. */
    private static final int FEWEST = 100;

    /** Candidates per person: those of one person are near each other. */
    private static final int PER_PERSON = 10;

    private ApproximateSearch() {}

    /** A row and its squared distance. */
    private record Near(int row, double square) {}

    /** Returns the nearest rows of a query, nearest first. */
    static int[] nearest(Queries queries, int query, SearchOptions options, int k, Indexed indexed) {
        long wanted = Math.max(FEWEST, (long) k * indexed.overquery());
        return candidates(queries, query, options, wanted, indexed).stream()
                .limit(k)
                .mapToInt(Near::row)
                .toArray();
    }

    private static List<Near> candidates(
            Queries queries, int query, SearchOptions options, long wanted, Indexed indexed) {
        View view = queries.view();
        int covered = Math.min(indexed.rows(), view.rows());
        int[] found = indexed.index()
                .candidates(
                        queries.features().row(query),
                        (int) Math.min(wanted, covered),
                        row -> row < covered && options.accepts(view, row));
        Queries.Exact exact = queries.exact(query);
        List<Near> near = new ArrayList<>();
        for (int row : found) {
            near.add(new Near(row, exact.square(row)));
        }
        if (covered < view.rows()) {
            Queries one = queries.part(query, query + 1);
            for (int row : EntrySearch.nearestFrom(covered, one, options, (int) Math.min(wanted, view.rows()))) {
                near.add(new Near(row, exact.square(row)));
            }
        }
        near.sort(Comparator.comparingDouble(Near::square).thenComparingInt(Near::row));
        return near;
    }

    /** Returns the nearest people of a query among the candidates, nearest first. */
    static List<PersonSearch.Found> people(Queries queries, int query, SearchOptions options, Indexed indexed) {
        View view = queries.view();
        int best = options.best();
        long wanted = Math.max(FEWEST, (long) options.k() * Math.max(PER_PERSON, best) * indexed.overquery());
        Map<Integer, List<Near>> people = new HashMap<>();
        for (Near near : candidates(queries, query, options, wanted, indexed)) {
            List<Near> own = people.computeIfAbsent(
                    view.chunk(near.row()).person(near.row() % EntryChunk.ROWS), person -> new ArrayList<>());
            if (own.size() < best) {
                own.add(near);
            }
        }
        return people.values().stream()
                .map(own -> new PersonSearch.Found(
                        own.get(0).row(),
                        own.stream()
                                        .mapToDouble(near -> queries.distance(near.square()))
                                        .sum()
                                / own.size()))
                .sorted(Comparator.comparingDouble(PersonSearch.Found::distance)
                        .thenComparingInt(PersonSearch.Found::row))
                .limit(options.k())
                .toList();
    }
}
