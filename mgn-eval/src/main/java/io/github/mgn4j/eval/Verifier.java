package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.eval.internal.Products;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationThresholds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Measures {@link Verification}: the true accept rates at false accept rates of 10% to 0.01%, and the thresholds for
 * them.
 *
 * <p>Pairs are counted between fixed distances that lie a few percent of false accept rate apart, chosen from the pairs
 * of some queries. A threshold is the largest of these distances that keeps to its target; all rates at it are exact
 * and do not depend on blocks or threads.
 *
 * <p>The interval is a percentile bootstrap over people: pairs of one query, or of one person's queries, are not
 * independent, so people are drawn with replacement from those in the queries, with all their pairs, and threshold and
 * rate are determined anew for each draw. The gallery is not resampled.
 *
 * <p>Immutable and thread-safe.
 *
 * @param metric the distance metric
 * @param resamples number of bootstrap draws; 0 for none, which makes the interval as wide as the rate
 * @param confidence fraction of the draws' rates inside the interval, between 0 and 1
 * @param seed seed of the draws
 * @param blockBytes memory for blocks, in bytes, as in {@link Evaluator}
 */
public record Verifier(DistanceMetric metric, int resamples, double confidence, long seed, long blockBytes) {
    /** The false-accept rates of the points and of stored thresholds, descending. */
    public static final List<Double> FALSE_ACCEPT_RATES = List.of(1e-1, 1e-2, 1e-3, 1e-4);

    static final int DEFAULT_RESAMPLES = 1000;
    static final double DEFAULT_CONFIDENCE = 0.95;

    /**
     * Checks the settings.
     *
     * @throws EvaluationException if {@code resamples} is negative, {@code confidence} is not between 0 and 1, or
     *     {@code blockBytes} is below 1 MiB
     */
    public Verifier {
        check(resamples >= 0, "resamples is %d, must not be negative", resamples);
        check(confidence > 0 && confidence < 1, "confidence is %s, must lie between 0 and 1", confidence);
        BlockShape.checkBytes(blockBytes);
    }

    /** Creates a verifier with 1000 draws and a 95% interval. */
    public Verifier(DistanceMetric metric) {
        this(metric, DEFAULT_RESAMPLES, DEFAULT_CONFIDENCE, 0, BlockShape.DEFAULT_BYTES);
    }

    /**
     * Measures verification over the pairs of queries and a gallery. Junk and images of the same person under the same
     * camera form no pairs.
     *
     * @throws EvaluationException if the dims differ, or there is no pair of one of the two kinds
     */
    public Verification verify(LabelledFeatures query, LabelledFeatures gallery) {
        Candidates candidates = Candidates.of(gallery);
        BoundedFeatureDistances distances = new BoundedFeatureDistances(
                Rows.of(query.features()), candidates.features(), metric, blockBytes, Products.float32());
        double[] edges = DoubleStream.of(PairEdges.choose(query, candidates, metric, blockBytes))
                .map(distances::ofSquare)
                .toArray();
        PairCounts counts = PairCounts.of(distances, query.labels(), candidates.labels(), edges);
        long[] ones = new long[counts.people()];
        Arrays.fill(ones, 1);
        Roc roc = new Roc(counts, ones);
        check(roc.same > 0, "no pair of one person to compare");
        check(roc.different > 0, "no pair of different people to compare");
        double[][] draws = draws(counts);
        List<Verification.Point> points = new ArrayList<>();
        for (int t = 0; t < FALSE_ACCEPT_RATES.size(); t++) {
            int edge = roc.edge(FALSE_ACCEPT_RATES.get(t));
            double rate = roc.trueAccept(edge);
            double[] rates = draws[t];
            points.add(new Verification.Point(
                    FALSE_ACCEPT_RATES.get(t),
                    edge < 0 || edges[edge] < 0 ? -1 : distances.distance(edges[edge]),
                    roc.falseAccept(edge),
                    rate,
                    rates.length == 0 ? rate : quantile(rates, (1 - confidence) / 2),
                    rates.length == 0 ? rate : quantile(rates, (1 + confidence) / 2)));
        }
        double[] thresholds = DoubleStream.of(edges).map(distances::distance).toArray();
        List<Verification.Step> curve = IntStream.range(0, edges.length)
                // Thresholds that differ only by rounding are one: the upper.
                .filter(e -> edges[e] >= 0 && (e + 1 == edges.length || thresholds[e] < thresholds[e + 1]))
                .mapToObj(e -> new Verification.Step(thresholds[e], roc.falseAccept(e), roc.trueAccept(e)))
                .toList();
        return new Verification(roc.same, roc.different, confidence, points, curve);
    }

    /**
     * Returns the thresholds that a model can store, for those of the false accept rates 0.1, 0.01, 0.001 and 0.0001
     * that {@link Verification#threshold} has a distance for.
     *
     * @param verification a verification by this verifier
     * @param flip whether its features are means over an image and its mirror
     * @param data description of the data set
     * @throws EvaluationException if none of the rates has a threshold
     */
    public VerificationThresholds thresholds(Verification verification, boolean flip, String data) {
        List<Threshold> thresholds = new ArrayList<>();
        for (double rate : FALSE_ACCEPT_RATES) {
            verification
                    .step(rate)
                    .ifPresent(step -> thresholds.add(new Threshold(rate, step.threshold(), step.trueAccept())));
        }
        check(
                !thresholds.isEmpty(),
                "no threshold keeps to a false-accept rate of 0.1 or less: %d pairs of two people, at least 10 needed,"
                        + " and two people must not be as near as any one",
                verification.differentPairs());
        return new VerificationThresholds(
                metric, flip, data, verification.samePairs(), verification.differentPairs(), thresholds);
    }

    /** Returns the true accept rates of the draws for each target, ascending. */
    private double[][] draws(PairCounts counts) {
        double[][] rates = IntStream.range(0, resamples)
                .parallel()
                .mapToObj(r -> {
                    SplittableRandom random = new SplittableRandom(seed ^ 0xD1342543DE82EF95L * (r + 1));
                    long[] weights = new long[counts.people()];
                    for (int i = 0; i < weights.length; i++) {
                        weights[random.nextInt(weights.length)]++;
                    }
                    Roc roc = new Roc(counts, weights);
                    return FALSE_ACCEPT_RATES.stream()
                            .mapToDouble(target -> roc.trueAccept(roc.edge(target)))
                            .toArray();
                })
                // A draw may contain only people without a pair.
                .filter(row -> !Double.isNaN(row[0]))
                .toArray(double[][]::new);
        return IntStream.range(0, FALSE_ACCEPT_RATES.size())
                .mapToObj(t ->
                        Arrays.stream(rates).mapToDouble(row -> row[t]).sorted().toArray())
                .toArray(double[][]::new);
    }

    static double quantile(double[] sorted, double q) {
        double position = q * (sorted.length - 1);
        int low = (int) position;
        int high = Math.min(low + 1, sorted.length - 1);
        return sorted[low] + (position - low) * (sorted[high] - sorted[low]);
    }

    /** The ROC curve of people with weights. */
    private static final class Roc {
        private final long same;
        private final long different;
        private final long[] sameUpTo;
        private final long[] differentUpTo;

        Roc(PairCounts counts, long[] weights) {
            sameUpTo = counts.same(weights);
            differentUpTo = counts.different(weights);
            Arrays.parallelPrefix(sameUpTo, Long::sum);
            Arrays.parallelPrefix(differentUpTo, Long::sum);
            same = sameUpTo[sameUpTo.length - 1];
            different = differentUpTo[differentUpTo.length - 1];
        }

        /**
         * Returns the last edge at or below which no more than {@code target} of the different-person pairs lie; -1 for
         * none.
         */
        int edge(double target) {
            int edge = -1;
            while (edge + 2 < differentUpTo.length && differentUpTo[edge + 1] <= target * different) {
                edge++;
            }
            return edge;
        }

        double falseAccept(int edge) {
            return edge < 0 ? 0 : (double) differentUpTo[edge] / different;
        }

        /** Returns the true accept rate at an edge; NaN if there is no same-person pair. */
        double trueAccept(int edge) {
            return same == 0 ? Double.NaN : edge < 0 ? 0 : (double) sameUpTo[edge] / same;
        }
    }
}
