package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Intervals, the equal error rate and the table of cameras, against what they are by definition. */
class ReportFiguresTest {
    private final Random random = new Random(3);
    private final LabelledFeatures query = people(24);
    private final LabelledFeatures gallery = people(60);
    private final Evaluator evaluator = new Evaluator(DistanceMetric.EUCLIDEAN);

    /** Twelve people under three cameras, near their own places. */
    private LabelledFeatures people(int images) {
        float[] data = new float[4 * images];
        int[] pids = new int[images];
        int[] camids = new int[images];
        for (int i = 0; i < images; i++) {
            pids[i] = 1 + i % 12;
            camids[i] = 1 + random.nextInt(3);
            for (int d = 0; d < 4; d++) {
                data[4 * i + d] = (float) (new Random(31 * pids[i] + d).nextGaussian() + 0.6 * random.nextGaussian());
            }
        }
        return new LabelledFeatures(FeatureMatrix.of(data, images, 4), pids, camids);
    }

    @Test
    void intervalsHoldTheFigureAndItsBootstrapError() {
        Evaluation evaluation = evaluator.evaluate(query, gallery);
        MetricIntervals found = MetricIntervals.of(evaluation, query.labels(), 4000, 0.95, 7);
        assertThat(MetricIntervals.of(evaluation, query.labels(), 4000, 0.95, 7))
                .isEqualTo(found);

        // People have two queries each at most: nearly the standard error of a mean over people.
        double[] means = new double[12];
        int[] counts = new int[12];
        evaluation.results().stream().filter(QueryResult::counted).forEach(result -> {
            means[query.labels().pid(result.query()) - 1] += result.ap();
            counts[query.labels().pid(result.query()) - 1]++;
        });
        double mean = evaluation.metrics().mAP();
        double squares = 0;
        double queries = evaluation.metrics().queries();
        for (int p = 0; p < 12; p++) {
            squares += Math.pow(means[p] - counts[p] * mean, 2);
        }
        double error = Math.sqrt(squares) / queries;
        assertThat(found.mAP().low()).isCloseTo(mean - 1.96 * error, within(0.3 * error));
        assertThat(found.mAP().high()).isCloseTo(mean + 1.96 * error, within(0.3 * error));
        assertThat(evaluation.metrics().rank1())
                .isBetween(found.rank1().low(), found.rank1().high());
        MetricIntervals narrow = MetricIntervals.of(evaluation, query.labels(), 4000, 0.5, 7);
        assertThat(narrow.mAP().low()).isGreaterThan(found.mAP().low());
    }

    @Test
    void theEqualErrorRateIsWhereBothErrorsAreEqual() {
        Verification verification = new Verification(
                10,
                10,
                0.95,
                List.of(),
                List.of(
                        new Verification.Step(1, 0, 0.5),
                        new Verification.Step(2, 0.1, 0.8),
                        new Verification.Step(3, 0.3, 0.9)));
        // From (0.1, miss 0.2) to (0.3, miss 0.1): equal a third of the way, at 0.1667.
        assertThat(verification.equalErrorRate()).hasValueCloseTo(0.5 / 3, within(1e-12));
        Verification beyond = new Verification(10, 10, 0.95, List.of(), List.of(new Verification.Step(1, 0.1, 0.5)));
        assertThat(beyond.equalErrorRate()).isEmpty();
        Verification perfect = new Verification(10, 10, 0.95, List.of(), List.of(new Verification.Step(1, 0, 1)));
        assertThat(perfect.equalErrorRate()).hasValue(0);

        Verification real = new Verifier(DistanceMetric.EUCLIDEAN).verify(query, gallery);
        real.equalErrorRate().ifPresent(rate -> assertThat(naiveErrorRate()).isCloseTo(rate, within(0.03)));
    }

    private double naiveErrorRate() {
        double[][] distances =
                DistancesTest.all(Distances.between(query.features(), gallery.features(), DistanceMetric.EUCLIDEAN));
        double best = 1;
        double rate = 1;
        for (double threshold = 0; threshold < 10; threshold += 0.005) {
            double same = 0;
            double missed = 0;
            double different = 0;
            double accepted = 0;
            for (int q = 0; q < distances.length; q++) {
                for (int j = 0; j < distances[q].length; j++) {
                    if (query.labels().pid(q) != gallery.labels().pid(j)) {
                        different++;
                        accepted += distances[q][j] <= threshold ? 1 : 0;
                    } else if (query.labels().camid(q) != gallery.labels().camid(j)) {
                        same++;
                        missed += distances[q][j] > threshold ? 1 : 0;
                    }
                }
            }
            double gap = Math.abs(missed / same - accepted / different);
            if (gap < best) {
                best = gap;
                rate = (missed / same + accepted / different) / 2;
            }
        }
        return rate;
    }

    @Test
    void camerasAreEvaluatedPairByPair() {
        CameraPairs pairs = CameraPairs.of(query, gallery, evaluator);
        assertThat(pairs.queryCameras()).containsExactly(1, 2, 3);
        assertThat(pairs.galleryCameras()).containsExactly(1, 2, 3);
        for (int from = 0; from < 3; from++) {
            for (int to = 0; to < 3; to++) {
                Optional<ReidMetrics> cell = pairs.cells().get(from).get(to);
                assertThat(cell.isPresent()).as("%s to %s", from, to).isEqualTo(from != to);
                if (cell.isPresent()) {
                    assertThat(cell.get().rank1()).isCloseTo(naiveRank1(from + 1, to + 1), within(1e-12));
                }
            }
        }
    }

    /** As everywhere, every negative camera is unknown. */
    @Test
    void unknownCamerasAreInNoPair() {
        FeatureMatrix features = FeatureMatrix.ofRows(new float[] {0}, new float[] {1}, new float[] {2});
        int[] pids = {1, 1, 1};
        CameraPairs pairs = CameraPairs.of(
                new LabelledFeatures(features, pids, new int[] {1, -1, -5}),
                new LabelledFeatures(features, pids, new int[] {2, -5, -1}),
                evaluator);
        assertThat(pairs.queryCameras()).containsExactly(1);
        assertThat(pairs.galleryCameras()).containsExactly(2);
    }

    private double naiveRank1(int from, int to) {
        double[][] distances =
                DistancesTest.all(Distances.between(query.features(), gallery.features(), DistanceMetric.EUCLIDEAN));
        int queries = 0;
        int hits = 0;
        for (int q = 0; q < distances.length; q++) {
            int nearest = -1;
            boolean any = false;
            for (int j = 0; j < distances[q].length && query.labels().camid(q) == from; j++) {
                if (gallery.labels().camid(j) == to) {
                    nearest = nearest < 0 || distances[q][j] < distances[q][nearest] ? j : nearest;
                    any |= gallery.labels().pid(j) == query.labels().pid(q);
                }
            }
            queries += any ? 1 : 0;
            hits += any && gallery.labels().pid(nearest) == query.labels().pid(q) ? 1 : 0;
        }
        return (double) hits / queries;
    }
}
