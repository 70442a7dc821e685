package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

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
     * Returns the result of a query from the number of other people's entries between its true matches, as a search over parts
     * of a gallery adds them up.
     *
     * @param before at i, the number of other people's entries before match i but not before match i - 1; one more value, which
     *     does not matter, for those after the last match
     * @param top the nearest gallery entries, nearest first
     * @throws EvaluationException if {@code before} is empty
     */
    public static QueryResult of(int query, int[] before, List<Ranked> top) {
        check(before.length > 0, "query %d has no counts, expected one more than it has matches", query);
        int count = before.length - 1;
        if (count == 0) {
            return new QueryResult(query, 0, 0, 0, 0, 0, top);
        }
        double precisions = 0;
        double trapezoids = 0;
        int others = 0;
        for (int i = 0; i < count; i++) {
            others += before[i];
            int rank = i + 1 + others;
            double precision = (i + 1.0) / rank;
            double previous = rank == 1 ? 1 : i / (rank - 1.0);
            precisions += precision;
            trapezoids += (previous + precision) / 2;
        }
        int last = count + others;
        return new QueryResult(
                query, count, precisions / count, trapezoids / count, (double) count / last, 1 + before[0], top);
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
