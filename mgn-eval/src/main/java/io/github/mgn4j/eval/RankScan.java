package io.github.mgn4j.eval;

import io.github.mgn4j.eval.internal.NearCandidates;
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
    private static final float HIDDEN = Float.POSITIVE_INFINITY;

    private final BoundedDistances distances;
    private final Labels queries;
    private final Labels gallery;
    private final int[] columns;
    private final boolean itself;
    private final int top;
    private final Map<Integer, int[]> entriesOf;
    private final Row[] rows;

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
        rows = new Row[queries.size()];
    }

    List<QueryResult> run() {
        IntStream.range(0, rows.length).parallel().forEach(q -> rows[q] = new Row(q));
        distances.scan((query, from, width, near) -> rows[query].accept(from, width, near));
        QueryResult[] results = new QueryResult[rows.length];
        IntStream.range(0, rows.length).parallel().forEach(q -> results[q] = rows[q].result());
        return List.of(results);
    }

    /** State of one query. */
    private final class Row {
        private final int query;
        private final float tolerance;
        /** Entries with the query's pid, ascending. They are known in advance, so the scan skips them. */
        private final int[] samePerson;

        private final RankedMatches matches;
        private final NearCandidates nearest;
        private final float[] surelyBefore;
        private final float[] surelyAfter;
        private int nextSame;

        Row(int query) {
            this.query = query;
            tolerance = distances.tolerance(query);
            samePerson = entriesOf.getOrDefault(queries.pid(query), NONE);
            int[] kept = new int[samePerson.length];
            double[] exact = new double[samePerson.length];
            int count = 0;
            for (int entry : samePerson) {
                if (!(itself && columns[entry] == query) && !gallery.sameView(entry, queries, query)) {
                    kept[count] = entry;
                    exact[count++] = distances.exact(query, entry);
                }
            }
            matches = new RankedMatches(Arrays.copyOf(kept, count), Arrays.copyOf(exact, count));
            nearest = new NearCandidates(Math.min(top, gallery.size()), tolerance);
            surelyBefore = new float[count];
            surelyAfter = new float[count];
            for (int i = 0; i < count; i++) {
                nearest.offer((float) exact[i], kept[i]);
                surelyBefore[i] = Math.nextDown((float) (matches.distance(i) - tolerance));
                surelyAfter[i] = Math.nextUp((float) (matches.distance(i) + tolerance));
            }
        }

        void accept(int from, int width, float[] near) {
            for (; nextSame < samePerson.length && samePerson[nextSame] < from + width; nextSame++) {
                near[samePerson[nextSame] - from] = HIDDEN;
            }
            float reach = reach();
            for (int j = 0; j < width; j++) {
                if (near[j] <= reach && near[j] != HIDDEN) {
                    consider(near[j], from + j);
                    reach = reach();
                }
            }
        }

        /** Returns the near value above which an entry is neither among the nearest nor before a match. */
        private float reach() {
            return Math.max(nearest.limit(), last());
        }

        private float last() {
            return surelyAfter.length == 0 ? Float.NEGATIVE_INFINITY : surelyAfter[surelyAfter.length - 1];
        }

        private void consider(float value, int entry) {
            nearest.offer(value, entry);
            if (value <= last()) {
                place(value, entry);
            }
        }

        private void place(float value, int entry) {
            int low = 0;
            int high = surelyAfter.length - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (value > surelyAfter[middle]) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            if (value < surelyBefore[low]) {
                matches.countBefore(low);
            } else {
                matches.count(distances.exact(query, entry), entry);
            }
        }

        QueryResult result() {
            NearestQueue settled = nearest.settle(entry -> distances.exact(query, entry));
            List<QueryResult.Ranked> ranked = new ArrayList<>();
            for (int i = 0; i < settled.size(); i++) {
                ranked.add(new QueryResult.Ranked(columns[settled.entry(i)], distances.distance(settled.distance(i))));
            }
            return matches.score(query, ranked);
        }
    }
}
