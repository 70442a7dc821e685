package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import java.util.Collection;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * The re-identification metrics over a set of queries, as fractions in 0..1.
 *
 * @param queries number of queries with at least one true match; the other metrics are means over these
 * @param queriesWithoutMatch number of queries without a true match
 * @param cmc cumulative matching characteristic: at index k, the fraction of the queries whose first true match is at
 *     rank k + 1 or better; 50 entries, or the gallery's size if that is smaller
 * @param mAP mean average precision, of {@link QueryResult#ap}
 * @param mAPTrapezoid mean of {@link QueryResult#apTrapezoid}
 * @param mINP mean inverse negative penalty, of {@link QueryResult#inp}
 */
public record ReidMetrics(
        int queries, int queriesWithoutMatch, List<Double> cmc, double mAP, double mAPTrapezoid, double mINP) {
    /** Length of the CMC curve. */
    static final int RANKS = 50;

    public ReidMetrics {
        cmc = List.copyOf(cmc);
        check(!cmc.isEmpty(), "the CMC curve has no entries");
    }

    /**
     * Returns the means over the queries that have a match.
     *
     * @param gallery number of gallery entries
     * @throws EvaluationException if no query has a match
     */
    public static ReidMetrics of(Collection<QueryResult> results, int gallery) {
        List<QueryResult> counted =
                results.stream().filter(QueryResult::counted).toList();
        check(
                !counted.isEmpty(),
                "none of the %d queries has a true match among the %d gallery images"
                        + " (same person, another camera, not junk)",
                results.size(),
                gallery);
        double[] hits = new double[Math.min(RANKS, gallery)];
        for (QueryResult result : counted) {
            if (result.firstHit() <= hits.length) {
                hits[result.firstHit() - 1]++;
            }
        }
        for (int k = 1; k < hits.length; k++) {
            hits[k] += hits[k - 1];
        }
        return new ReidMetrics(
                counted.size(),
                results.size() - counted.size(),
                DoubleStream.of(hits).map(h -> h / counted.size()).boxed().toList(),
                counted.stream().mapToDouble(QueryResult::ap).sum() / counted.size(),
                counted.stream().mapToDouble(QueryResult::apTrapezoid).sum() / counted.size(),
                counted.stream().mapToDouble(QueryResult::inp).sum() / counted.size());
    }

    /**
     * Returns the fraction of the queries with a true match among the first {@code k} entries. Beyond the curve it is
     * the curve's last value.
     */
    public double rank(int k) {
        check(k >= 1, "rank is %d, must be at least 1", k);
        return cmc.get(Math.min(k, cmc.size()) - 1);
    }

    /** Returns {@link #rank rank(1)}. */
    public double rank1() {
        return rank(1);
    }

    /** Returns {@link #rank rank(5)}. */
    public double rank5() {
        return rank(5);
    }

    /** Returns {@link #rank rank(10)}. */
    public double rank10() {
        return rank(10);
    }

    /** Returns {@link #rank rank(20)}. */
    public double rank20() {
        return rank(20);
    }
}
