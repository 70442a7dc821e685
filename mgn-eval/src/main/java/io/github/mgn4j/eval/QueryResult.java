package io.github.mgn4j.eval;

import java.util.List;

/**
 * The result of one query.
 *
 * @param query its row
 * @param matches number of true matches left in the gallery; if 0, the following values are 0 as well
 * @param ap average precision: the mean of the precisions at the true matches
 * @param apTrapezoid average precision as in the Market-1501 Matlab code: the area under the precision-recall curve by
 *     the trapezoidal rule; never above {@code ap}
 * @param inp inverse negative penalty: the number of matches divided by the rank of the last one
 * @param firstHit rank of the first true match, counted from 1
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
     * @param distance its distance to the query
     */
    public record Ranked(int gallery, double distance) {}

    /** Returns whether the query has a true match in the gallery. The metrics skip queries without one. */
    public boolean counted() {
        return matches > 0;
    }
}
