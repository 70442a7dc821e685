package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.image.ReidImage;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EvaluatorTest {
    /** The fixtures are made by tools/reference/metrics_reference.py. */
    @ParameterizedTest
    @EnumSource(DistanceMetric.class)
    void givesTheMetricsOfTheReference(DistanceMetric metric) throws Exception {
        String name = "metrics_" + metric.name().toLowerCase(Locale.ROOT) + ".json";
        JsonObject expected =
                JsonParser.parseString(Files.readString(Fixtures.file(name))).getAsJsonObject();
        ReidMetrics metrics = new Evaluator(metric)
                .evaluate(Fixtures.labelled("query"), Fixtures.labelled("gallery"))
                .metrics();
        JsonObject found = MetricsJson.of(metrics).toJson();
        assertThat(metrics.queriesWithoutMatch()).isPositive();
        for (String key : expected.keySet()) {
            if (key.equals("cmc")) {
                assertThat(found.getAsJsonArray(key)).hasSize(50);
                for (int k = 0; k < 50; k++) {
                    assertThat(found.getAsJsonArray(key).get(k).getAsDouble())
                            .isCloseTo(expected.getAsJsonArray(key).get(k).getAsDouble(), within(1e-12));
                }
            } else {
                assertThat(found.get(key).getAsDouble())
                        .as(key)
                        .isCloseTo(expected.get(key).getAsDouble(), within(1e-12));
            }
        }
    }

    /** Sorts the whole list and walks it. */
    @ParameterizedTest
    @CsvSource({"0,6,4", "2,3,3", "3,2,1", "2,5,6", "0,12,2", "1,4,3"})
    void agreesWithANaiveWalk(int levels, int people, int cameras) {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            int size = 20 + random.nextInt(60);
            LabelledFeatures query = new LabelledFeatures(
                    Fixtures.random(random, 15, 3, levels),
                    Fixtures.ints(random, 15, 1, people + 1),
                    Fixtures.ints(random, 15, 1, cameras + 1));
            LabelledFeatures gallery = new LabelledFeatures(
                    Fixtures.random(random, size, 3, levels),
                    Fixtures.ints(random, size, -1, people),
                    Fixtures.ints(random, size, 1, cameras + 1));
            if (cameras == 1) {
                query = withoutCameras(query);
            }
            check(query, gallery);
        }
    }

    private static void check(LabelledFeatures query, LabelledFeatures gallery) {
        Evaluation evaluation = new Evaluator(DistanceMetric.EUCLIDEAN, 7).evaluate(query, gallery);
        double[][] distances =
                DistancesTest.all(Distances.between(query.features(), gallery.features(), DistanceMetric.EUCLIDEAN));
        int[] firstHits = new int[query.labels().size()];
        double mAP = 0;
        int counted = 0;
        for (int q = 0; q < firstHits.length; q++) {
            List<Integer> order = naiveOrder(q, query.labels(), gallery.labels(), distances[q]);
            QueryResult result = evaluation.results().get(q);
            assertThat(result.query()).isEqualTo(q);
            assertThat(result.top().stream().map(QueryResult.Ranked::gallery))
                    .isEqualTo(order.subList(0, Math.min(7, order.size())));
            int hits = 0;
            double precisions = 0;
            double trapezoids = 0;
            int last = 0;
            for (int rank = 1; rank <= order.size(); rank++) {
                if (gallery.labels().pid(order.get(rank - 1)) == query.labels().pid(q)) {
                    double before = rank == 1 ? 1 : (double) hits / (rank - 1);
                    hits++;
                    precisions += (double) hits / rank;
                    trapezoids += (before + (double) hits / rank) / 2;
                    firstHits[q] = hits == 1 ? rank : firstHits[q];
                    last = rank;
                }
            }
            assertThat(result.matches()).isEqualTo(hits);
            assertThat(result.firstHit()).isEqualTo(firstHits[q]);
            if (hits > 0) {
                counted++;
                mAP += precisions / hits;
                assertThat(result.ap()).isCloseTo(precisions / hits, within(1e-12));
                assertThat(result.apTrapezoid()).isCloseTo(trapezoids / hits, within(1e-12));
                assertThat(result.inp()).isCloseTo((double) hits / last, within(1e-12));
            }
        }
        ReidMetrics metrics = evaluation.metrics();
        assertThat(metrics.queries()).isEqualTo(counted);
        assertThat(metrics.queriesWithoutMatch()).isEqualTo(firstHits.length - counted);
        assertThat(metrics.mAP()).isCloseTo(mAP / counted, within(1e-12));
        assertThat(metrics.cmc()).hasSize(Math.min(50, gallery.labels().size()));
        for (int k = 1; k <= metrics.cmc().size(); k++) {
            int rank = k;
            long hit = IntStream.of(firstHits)
                    .filter(first -> first > 0 && first <= rank)
                    .count();
            assertThat(metrics.rank(k)).isCloseTo((double) hit / counted, within(1e-12));
        }
    }

    private static List<Integer> naiveOrder(int q, Labels query, Labels gallery, double[] distances) {
        List<Integer> order = new ArrayList<>();
        for (int j = 0; j < gallery.size(); j++) {
            boolean sameView = gallery.pid(j) == query.pid(q) && gallery.camid(j) == query.camid(q);
            if (!sameView && gallery.pid(j) != -1) {
                order.add(j);
            }
        }
        order.sort(Comparator.comparingDouble(j -> distances[j])); // stable
        return order;
    }

    private static LabelledFeatures withoutCameras(LabelledFeatures set) {
        int[] pids =
                IntStream.range(0, set.labels().size()).map(set.labels()::pid).toArray();
        return new LabelledFeatures(set.features(), Labels.withoutCameras(pids));
    }

    @Test
    void unknownCamerasAreLikeNoOther() {
        LabelledFeatures query = set(new float[] {0}, new int[] {1}, new int[] {-1});
        LabelledFeatures gallery = set(new float[] {1, 2}, new int[] {1, 2}, new int[] {-1, -1});
        assertThat(new Evaluator(DistanceMetric.EUCLIDEAN)
                        .evaluate(query, gallery)
                        .metrics()
                        .mAP())
                .isEqualTo(1);
    }

    @Test
    void aSetAgainstItselfLeavesOutTheQueryAlone() {
        LabelledFeatures all = set(new float[] {0, 1, 5, 2}, new int[] {1, 1, 1, 2}, new int[] {-1, -1, -1, -1});
        Evaluation evaluation = new Evaluator(DistanceMetric.EUCLIDEAN).evaluate(all);
        assertThat(evaluation.metrics().queries()).isEqualTo(3);
        assertThat(evaluation.metrics().queriesWithoutMatch()).isEqualTo(1);
        assertThat(evaluation.results().get(0).top().stream().map(QueryResult.Ranked::gallery))
                .containsExactly(1, 3, 2);
        assertThat(evaluation.results().get(0).ap()).isCloseTo((1 + 2.0 / 3) / 2, within(1e-12));
    }

    @Test
    void tiesKeepTheOrderOfTheGallery() {
        LabelledFeatures query = set(new float[] {0}, new int[] {1}, new int[] {1});
        LabelledFeatures hitFirst = set(new float[] {1, -1}, new int[] {1, 2}, new int[] {2, 2});
        LabelledFeatures hitLast = set(new float[] {1, -1}, new int[] {2, 1}, new int[] {2, 2});
        Evaluator evaluator = new Evaluator(DistanceMetric.EUCLIDEAN);
        assertThat(evaluator.evaluate(query, hitFirst).metrics().mAP()).isEqualTo(1);
        assertThat(evaluator.evaluate(query, hitLast).metrics().mAP()).isEqualTo(0.5);
    }

    @Test
    void refusesSetsWithoutAMatchAndLabelsThatDoNotFit() {
        Evaluator evaluator = new Evaluator(DistanceMetric.EUCLIDEAN);
        LabelledFeatures query = set(new float[] {0}, new int[] {1}, new int[] {1});
        LabelledFeatures sameCamera = set(new float[] {1, 2}, new int[] {1, -1}, new int[] {1, 2});
        assertThatThrownBy(() -> evaluator.evaluate(query, sameCamera))
                .isInstanceOf(EvaluationException.class)
                .hasMessageStartingWith("none of the 1 queries has a true match among the 2 gallery images");
        assertThatThrownBy(() -> set(new float[] {0, 1}, new int[] {1}, new int[] {1}))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("2 rows of features, but labels of 1 images");
        assertThatThrownBy(() -> new Labels(new int[2], new int[3])).hasMessage("2 pids, but 3 camids");
        assertThatThrownBy(() -> evaluator.evaluate(
                        Distances.between(query.features(), query.features(), DistanceMetric.COSINE),
                        query.labels(),
                        sameCamera.labels()))
                .hasMessage("distances of 1 queries to 1 gallery images, but labels of 1 and 2");
        FeatureTable table = new FeatureTable(
                List.of(new FeatureTable.Entry("a.jpg", 3, null), new FeatureTable.Entry("b.jpg", null, 1)));
        assertThatThrownBy(() -> Labels.of(table))
                .hasMessage("row 1 (b.jpg) has no pid, evaluation needs one for every image");
        assertThat(Labels.of(new FeatureTable(table.entries().subList(0, 1))).camid(0))
                .isEqualTo(ReidImage.UNKNOWN_CAMERA);
    }

    private static LabelledFeatures set(float[] values, int[] pids, int[] camids) {
        return new LabelledFeatures(FeatureMatrix.of(values, values.length, 1), pids, camids);
    }
}
