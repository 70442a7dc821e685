package io.github.mgn4j.eval;

import io.github.mgn4j.eval.internal.NearCandidates;
import io.github.mgn4j.eval.internal.NearestQueue;

/** The state of one query in a {@link RankScan}. */
final class RankRow {
    private static final float HIDDEN = Float.POSITIVE_INFINITY;

    private final int query;
    /** Entries with the query's pid, ascending. Their distances are known in advance, so the scan skips them. */
    private final int[] samePerson;

    private final RankedMatches matches;
    private final BoundedDistances distances;
    private final NearCandidates nearest;
    private final float[] surelyBefore;
    private final float[] surelyAfter;
    private int nextSame;

    RankRow(int query, int[] samePerson, RankedMatches matches, BoundedDistances distances, int top) {
        this.query = query;
        this.samePerson = samePerson;
        this.matches = matches;
        this.distances = distances;
        float tolerance = distances.tolerance(query);
        nearest = new NearCandidates(top, tolerance);
        surelyBefore = new float[matches.size()];
        surelyAfter = new float[matches.size()];
        for (int i = 0; i < matches.size(); i++) {
            nearest.offer((float) matches.distance(i), matches.entry(i));
            surelyBefore[i] = before(i, tolerance);
            surelyAfter[i] = after(i, tolerance);
        }
    }

    /** Returns the near value below which an entry is surely before a match. */
    private float before(int match, float tolerance) {
        return Math.nextDown((float) (matches.distance(match) - tolerance));
    }

    /** Returns the near value above which an entry is surely after a match. */
    private float after(int match, float tolerance) {
        return Math.nextUp((float) (matches.distance(match) + tolerance));
    }

    /** Takes a part of the row; see {@link BoundedDistances.PartConsumer}. */
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
            placeByPair(value, entry, low);
        }
    }

    /** Counts an entry that the query's tolerance leaves open; the pair's own may tell more. */
    private void placeByPair(float value, int entry, int first) {
        float tolerance = distances.tolerance(query, entry);
        int match = first;
        while (match < matches.size() && value > after(match, tolerance)) {
            match++;
        }
        if (match == matches.size() || value < before(match, tolerance)) {
            matches.countBefore(match);
        } else {
            matches.count(distances.exact(query, entry), entry);
        }
    }

    /** Returns the nearest entries and their exact values, once all parts have been taken. */
    NearestQueue nearest() {
        return nearest.settle(entry -> distances.exact(query, entry));
    }
}
