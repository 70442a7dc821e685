package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PairDistancesTest {
    @ParameterizedTest
    @EnumSource(DistanceMetric.class)
    void countsThePairsThatAreCompared(DistanceMetric metric) {
        Random random = new Random(9);
        LabelledFeatures query = set(random, 40, 1);
        LabelledFeatures gallery = set(random, 150, -1);
        double[][] distances = DistancesTest.all(Distances.between(query.features(), gallery.features(), metric));
        List<Double> same = new ArrayList<>();
        List<Double> different = new ArrayList<>();
        for (int q = 0; q < 40; q++) {
            for (int j = 0; j < 150; j++) {
                boolean person = query.labels().pid(q) == gallery.labels().pid(j);
                boolean camera = query.labels().camid(q) == gallery.labels().camid(j);
                if (!gallery.labels().isJunk(j) && !(person && camera)) {
                    (person ? same : different).add(distances[q][j]);
                }
            }
        }
        PairDistances pairs = PairDistances.of(query, gallery, metric);
        assertThat(pairs.samePairs()).isEqualTo(same.size());
        assertThat(pairs.differentPairs()).isEqualTo(different.size());
        check(pairs, pairs.same(), same);
        check(pairs, pairs.different(), different);
    }

    /** Bins sum to 1, hold every value, and their mean is the values' to within a bin. */
    private static void check(PairDistances pairs, List<Double> bins, List<Double> values) {
        double width = (pairs.to() - pairs.from()) / bins.size();
        double mean = 0;
        for (int b = 0; b < bins.size(); b++) {
            mean += bins.get(b) * (pairs.from() + (b + 0.5) * width);
        }
        assertThat(bins.stream().mapToDouble(b -> b).sum()).isCloseTo(1, within(1e-9));
        assertThat(values).allMatch(value -> value >= pairs.from() && value <= pairs.to());
        double expected = values.stream().mapToDouble(v -> v).average().orElseThrow();
        assertThat(mean).isCloseTo(expected, within(width / 2));
    }

    @ParameterizedTest
    @EnumSource(DistanceMetric.class)
    void refusesSetsWithPairsOfOneKindOnly(DistanceMetric metric) {
        FeatureMatrix one = FeatureMatrix.ofRows(new float[] {0});
        LabelledFeatures query = new LabelledFeatures(one, new int[] {1}, new int[] {1});
        assertThatThrownBy(() -> PairDistances.of(query, query, metric))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("no pair of one person to compare");
        LabelledFeatures other = new LabelledFeatures(one, new int[] {1}, new int[] {2});
        assertThatThrownBy(() -> PairDistances.of(query, other, metric))
                .hasMessage("no pair of different people to compare");
    }

    private static LabelledFeatures set(Random random, int size, int fromPid) {
        return new LabelledFeatures(
                Fixtures.random(random, size, 6, 0),
                Fixtures.ints(random, size, fromPid, 6),
                Fixtures.ints(random, size, 1, 4));
    }
}
