package io.github.mgn4j.eval;

import java.util.List;

/**
 * How one query fared.
 *
 * @param query its row
 * @param matches true matches left in the gallery; the values that follow are 0 where there are none
 * @param ap average precision: the mean of the precisions at the true matches
 * @param apTrapezoid the Market-1501 Matlab code's average precision: the area under the precision-recall curve by
 *     trapezoids; never above {@code ap}
 * @param inp inverse negative penalty: matches divided by the rank of the last one
 * @param firstHit rank, from 1, of the first true match
 * @param top the nearest gallery entries that were not left out, nearest first
 */
public record QueryResult(
        int query, int matches, double ap, double apTrapezoid, double inp, int firstHit, List<Ranked> top) {
    public QueryResult {
        top = List.copyOf(top);
    }

    /**
     * A gallery entry in a ranked list.
     *
     * @param gallery its row
     */
    public record Ranked(int gallery, double distance) {}

    /** False for a query without a true match in the gallery: the metrics pass over it. */
    public boolean counted() {
        return matches > 0;
    }
}
