package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReRankerTest {
    /** The fixtures are made by tools/reference/rerank_reference.py. */
    @ParameterizedTest
    @CsvSource({
        "EUCLIDEAN,20,6,0.3",
        "EUCLIDEAN,1,1,0.0",
        "EUCLIDEAN,2,3,0.5",
        "EUCLIDEAN,5,1,0.3",
        "EUCLIDEAN,6,2,1.0",
        "EUCLIDEAN,7,4,0.0",
        "EUCLIDEAN,30,15,0.1",
        "EUCLIDEAN,72,72,0.3",
        "COSINE,20,6,0.3",
        "COSINE,1,1,0.0",
        "COSINE,2,3,0.5",
    })
    void givesTheDistancesOfTheReference(DistanceMetric metric, int k1, int k2, String lambda) {
        String name =
                "rerank_%s_%d_%d_%s.npy".formatted(metric.name().toLowerCase(java.util.Locale.ROOT), k1, k2, lambda);
        FeatureMatrix expected = Fixtures.matrix(name);
        double[][] found = DistancesTest.all(new ReRanker(k1, k2, Double.parseDouble(lambda))
                .reRank(Fixtures.matrix("query.npy"), Fixtures.matrix("gallery.npy"), metric));
        assertThat(found).hasDimensions(expected.rows(), expected.dims());
        for (int i = 0; i < expected.rows(); i++) {
            for (int j = 0; j < expected.dims(); j++) {
                assertThat(found[i][j]).as("query %s, entry %s", i, j).isCloseTo(expected.get(i, j), within(1e-6));
            }
        }
    }

    @Test
    void aLambdaOfOneKeepsTheOrder() {
        FeatureMatrix query = Fixtures.matrix("query.npy");
        FeatureMatrix gallery = Fixtures.matrix("gallery.npy");
        double[][] plain = DistancesTest.all(Distances.between(query, gallery, DistanceMetric.EUCLIDEAN));
        double[][] reRanked =
                DistancesTest.all(new ReRanker(20, 6, 1).reRank(query, gallery, DistanceMetric.EUCLIDEAN));
        for (int i = 0; i < plain.length; i++) {
            double ratio = plain[i][0] * plain[i][0] / reRanked[i][0];
            for (int j = 0; j < plain[i].length; j++) {
                assertThat(plain[i][j] * plain[i][j] / reRanked[i][j]).isCloseTo(ratio, within(1e-9 * ratio));
            }
        }
    }

    /** Neighbourhoods overflow with copies, rows may lack the image itself, distances may all be 0. */
    @Test
    void copiesGiveFiniteDistances() {
        Random random = new Random(6);
        FeatureMatrix two = Fixtures.random(random, 2, 5, 0);
        for (int kinds = 1; kinds <= 2; kinds++) {
            FeatureMatrix query = two.select(Fixtures.ints(random, 10, 0, kinds));
            FeatureMatrix gallery = two.select(Fixtures.ints(random, 30, 0, kinds));
            double[][] distances =
                    DistancesTest.all(new ReRanker(3, 2, 0.3).reRank(query, gallery, DistanceMetric.EUCLIDEAN));
            assertThat(Arrays.stream(distances).flatMapToDouble(Arrays::stream)).allMatch(d -> d >= 0 && d <= 1);
        }
    }

    @Test
    void junkIsLeftOutBefore() {
        LabelledFeatures query = Fixtures.labelled("query");
        LabelledFeatures gallery = Fixtures.labelled("gallery");
        int[] kept = java.util.stream.IntStream.range(0, gallery.labels().size())
                .filter(j -> !gallery.labels().isJunk(j))
                .toArray();
        assertThat(kept.length).isBetween(20, gallery.labels().size() - 1);
        LabelledFeatures clean = new LabelledFeatures(
                gallery.features().select(kept),
                Arrays.stream(kept).map(gallery.labels()::pid).toArray(),
                Arrays.stream(kept).map(gallery.labels()::camid).toArray());
        Evaluator evaluator = new Evaluator(DistanceMetric.EUCLIDEAN, 5);
        Evaluation with = evaluator.evaluate(query, gallery, ReRanker.STANDARD);
        Evaluation without = evaluator.evaluate(query, clean, ReRanker.STANDARD);
        assertThat(with.metrics()).isEqualTo(without.metrics());
        for (int i = 0; i < with.results().size(); i++) {
            for (int k = 0; k < 5; k++) {
                assertThat(with.results().get(i).top().get(k).gallery())
                        .isEqualTo(kept[without.results().get(i).top().get(k).gallery()]);
            }
        }
        assertThat(with.metrics().mAP())
                .isNotEqualTo(evaluator.evaluate(query, gallery).metrics().mAP());
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> new ReRanker(0, 6, 0.3))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("k1 is 0, must be at least 1");
        assertThatThrownBy(() -> new ReRanker(20, 0, 0.3)).hasMessage("k2 is 0, must be at least 1");
        assertThatThrownBy(() -> new ReRanker(20, 6, 1.5)).hasMessage("lambda is 1.5, must lie in 0..1");
        assertThatThrownBy(() -> new ReRanker(20, 6, -0.1)).hasMessageContaining("lambda is -0.1");
        assertThatThrownBy(() -> new ReRanker(20, 6, Double.NaN)).hasMessageContaining("lambda is NaN");
        FeatureMatrix query = Fixtures.matrix("query.npy");
        FeatureMatrix gallery = Fixtures.matrix("gallery.npy");
        assertThatThrownBy(() -> new ReRanker(73, 6, 0.3).reRank(query, gallery, DistanceMetric.EUCLIDEAN))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("k1 is 73, but the gallery to re-rank has only 72 images (junk left out)");
        assertThatThrownBy(() -> new ReRanker(20, 100, 0.3).reRank(query, gallery, DistanceMetric.EUCLIDEAN))
                .hasMessageStartingWith("k2 is 100, but the gallery");
    }
}
