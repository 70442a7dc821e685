package io.github.mgn4j.eval;

import io.github.mgn4j.eval.internal.NearestQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Ranks the gallery for every query as far as the metrics need, in one scan of near distances: the number of entries
 * before each true match, and the nearest entries. No row is held or sorted.
 */
final class RankScan {
    private static final int[] NONE = {};

    /**
     * Share of the entries that the near values may leave open. An exact value takes as long as a hundred or two near ones, of
     * which sharper ones take twice as long.
     */
    private static final double MAX_OPEN = 0x1p-7;

    /** Queries, and entries of each, that are looked at to estimate that share. */
    private static final int SAMPLE = 64;

    private final BoundedDistances distances;
    private final Labels queries;
    private final Labels gallery;
    private final int[] columns;
    private final boolean itself;
    private final int top;
    private final Map<Integer, int[]> entriesOf;

    /**
     * Prepares a scan.
     *
     * @param distances to the gallery without its junk
     * @param itself true if the gallery is the set of queries, so that each query is left out of its own ranking
     */
    RankScan(BoundedDistances distances, Labels queries, Candidates gallery, boolean itself, int top) {
        this.distances = distances;
        this.queries = queries;
        this.gallery = gallery.labels();
        this.columns = gallery.columns();
        this.itself = itself;
        this.top = top;
        entriesOf = this.gallery.byPid();
    }

    List<QueryResult> run() {
        RankedMatches[] matches = new RankedMatches[queries.size()];
        IntStream.range(0, matches.length).parallel().forEach(q -> matches[q] = matches(q));
        BoundedDistances chosen = open(matches) > MAX_OPEN ? distances.sharp() : distances;
        RankRow[] rows = new RankRow[matches.length];
        Arrays.setAll(rows, q -> new RankRow(q, samePerson(q), matches[q], chosen, Math.min(top, gallery.size())));
        chosen.scan((query, from, width, near) -> rows[query].accept(from, width, near));
        QueryResult[] results = new QueryResult[rows.length];
        IntStream.range(0, rows.length)
                .parallel()
                .forEach(q -> results[q] = matches[q].score(q, ranked(rows[q].nearest())));
        return List.of(results);
    }

    /** Returns the entries with a query's pid, ascending. */
    private int[] samePerson(int query) {
        return entriesOf.getOrDefault(queries.pid(query), NONE);
    }

    private RankedMatches matches(int query) {
        int[] samePerson = samePerson(query);
        int[] kept = new int[samePerson.length];
        double[] exact = new double[samePerson.length];
        int count = 0;
        for (int entry : samePerson) {
            if (!(itself && columns[entry] == query) && !gallery.sameView(entry, queries, query)) {
                kept[count] = entry;
                exact[count++] = distances.exact(query, entry);
            }
        }
        return new RankedMatches(Arrays.copyOf(kept, count), Arrays.copyOf(exact, count));
    }

    /** Estimates the share of entries whose near values do not tell whether they are before a match. */
    private double open(RankedMatches[] matches) {
        int queryStep = 1 + matches.length / SAMPLE;
        int entryStep = 1 + gallery.size() / SAMPLE;
        return IntStream.range(0, (matches.length + queryStep - 1) / queryStep)
                .parallel()
                .map(i -> i * queryStep)
                .mapToDouble(q -> IntStream.iterate(
                                q % entryStep, entry -> entry < gallery.size(), entry -> entry + entryStep)
                        .filter(entry -> gallery.pid(entry) != queries.pid(q))
                        .map(entry ->
                                matches[q].isNear(distances.exact(q, entry), distances.tolerance(q, entry)) ? 1 : 0)
                        .average()
                        .orElse(0))
                .average()
                .orElse(0);
    }

    private List<QueryResult.Ranked> ranked(NearestQueue nearest) {
        List<QueryResult.Ranked> ranked = new ArrayList<>();
        for (int i = 0; i < nearest.size(); i++) {
            ranked.add(new QueryResult.Ranked(columns[nearest.entry(i)], distances.distance(nearest.distance(i))));
        }
        return ranked;
    }
}
