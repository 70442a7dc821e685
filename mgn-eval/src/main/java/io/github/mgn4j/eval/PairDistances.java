package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Distributions of the distances of pairs of the same person and of different people: histograms over the pairs of a
 * query and a gallery entry that an evaluation compares. For display: a pair whose distance is within rounding of a
 * bin's edge may be counted in the next bin. {@link Verification} is exact. Immutable.
 *
 * @param from lower edge of the first bin
 * @param to upper edge of the last bin
 * @param same fraction of the same-person pairs in each bin, summing to 1
 * @param different fraction of the different-person pairs in each bin, summing to 1
 * @param samePairs number of same-person pairs
 * @param differentPairs number of different-person pairs
 */
public record PairDistances(
        double from, double to, List<Double> same, List<Double> different, long samePairs, long differentPairs) {
    /**
     * Bins of the first count, over a range that surely contains every distance. They are merged over the range that
     * does.
     */
    private static final int FINE = 1 << 13;

    private static final int MIN_BINS = 16;
    private static final int MAX_BINS = 64;

    public PairDistances {
        same = List.copyOf(same);
        different = List.copyOf(different);
    }

    /**
     * Computes the histograms.
     *
     * @throws EvaluationException if the dims differ, or there is no pair of one of the two kinds
     */
    public static PairDistances of(LabelledFeatures query, LabelledFeatures gallery, DistanceMetric metric) {
        BoundedDistances distances = new BoundedFeatureDistances(
                Rows.of(query.features()),
                Rows.of(gallery.features()),
                metric,
                BlockShape.DEFAULT_BYTES,
                Products.float32());
        double bound = metric == DistanceMetric.COSINE ? 2.001 : 1e-30 + 1.001 * (longest(query) + longest(gallery));
        Labels queries = query.labels();
        Labels entries = gallery.labels();
        long[] same = new long[FINE];
        long[] different = new long[FINE];
        distances.scan((q, from, width, near) -> {
            int[] bins = new int[width];
            for (int j = 0; j < width; j++) {
                bins[j] = (int) Math.min(FINE - 1, distances.distance(Math.max(0, near[j])) / bound * FINE);
            }
            // Integer counts, so the order of the threads does not matter.
            synchronized (same) {
                for (int j = 0; j < width; j++) {
                    if (!entries.isJunk(from + j) && !entries.sameView(from + j, queries, q)) {
                        (entries.pid(from + j) == queries.pid(q) ? same : different)[bins[j]]++;
                    }
                }
            }
        });
        return of(same, different, bound);
    }

    private static PairDistances of(long[] same, long[] different, double bound) {
        long samePairs = LongStream.of(same).sum();
        long differentPairs = LongStream.of(different).sum();
        check(samePairs > 0, "no pair of one person to compare");
        check(differentPairs > 0, "no pair of different people to compare");
        int first = 0;
        while (same[first] + different[first] == 0) {
            first++;
        }
        int last = FINE - 1;
        while (same[last] + different[last] == 0) {
            last--;
        }
        // Few pairs in many bins would show noise.
        int count = (int) Math.max(MIN_BINS, Math.min(MAX_BINS, 3 * Math.cbrt((double) samePairs)));
        int width = (last - first) / count + 1;
        return new PairDistances(
                first * bound / FINE,
                (first + (double) width * count) * bound / FINE,
                bins(same, first, width, count, samePairs),
                bins(different, first, width, count, differentPairs),
                samePairs,
                differentPairs);
    }

    private static List<Double> bins(long[] fine, int first, int width, int count, long pairs) {
        Double[] bins = new Double[count];
        for (int b = 0; b < count; b++) {
            int from = Math.min(FINE, first + b * width);
            int to = Math.min(FINE, from + width);
            bins[b] = (double) LongStream.of(Arrays.copyOfRange(fine, from, to)).sum() / pairs;
        }
        return List.of(bins);
    }

    private static double longest(LabelledFeatures set) {
        FeatureMatrix features = set.features();
        double longest = 0;
        for (int from = 0; from < features.data().length; from += features.dims()) {
            double squares = 0;
            for (int j = from; j < from + features.dims(); j++) {
                squares += (double) features.data()[j] * features.data()[j];
            }
            longest = Math.max(longest, squares);
        }
        return Math.sqrt(longest);
    }
}
