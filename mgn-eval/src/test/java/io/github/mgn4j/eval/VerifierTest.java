package io.github.mgn4j.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifierTest {
    /** The fixture is made by tools/reference/protocols_reference.py; of so few queries every pair is looked at. */
    @Test
    void givesThePointsOfTheReference() throws IOException {
        JsonObject expected = ProtocolsTest.reference();
        Verification found = new Verifier(DistanceMetric.EUCLIDEAN, 0, 0.95, 0, BlockShape.DEFAULT_BYTES)
                .verify(Fixtures.labelled("query"), Fixtures.labelled("gallery"));
        assertThat(found.samePairs()).isEqualTo(expected.get("same_pairs").getAsLong());
        assertThat(found.differentPairs())
                .isEqualTo(expected.get("different_pairs").getAsLong());
        JsonArray points = expected.getAsJsonArray("roc");
        assertThat(found.points()).hasSize(points.size());
        for (int i = 0; i < points.size(); i++) {
            JsonObject point = points.get(i).getAsJsonObject();
            Verification.Point one = found.points().get(i);
            assertThat(one.target()).isEqualTo(point.get("target").getAsDouble());
            assertThat(one.falseAccept()).isCloseTo(point.get("false_accept").getAsDouble(), within(1e-12));
            assertThat(one.trueAccept()).isCloseTo(point.get("true_accept").getAsDouble(), within(1e-12));
            if (!point.get("threshold").isJsonNull()) {
                assertThat(one.threshold()).isCloseTo(point.get("threshold").getAsDouble(), within(1e-5));
            }
            assertThat(one.low()).isEqualTo(one.trueAccept()).isEqualTo(one.high());
        }
    }

    /** More queries than thresholds are chosen from; ties; small blocks. */
    @ParameterizedTest
    @CsvSource({"EUCLIDEAN,0", "COSINE,0", "EUCLIDEAN,4"})
    void theRatesAreThoseOfAllPairs(DistanceMetric metric, int levels) {
        Random random = new Random(5);
        LabelledFeatures query = people(random, 250, 1, levels);
        LabelledFeatures gallery = people(random, 900, -1, levels);
        List<Double> same = new ArrayList<>();
        List<Double> different = new ArrayList<>();
        double[][] distances = DistancesTest.all(Distances.between(query.features(), gallery.features(), metric));
        for (int q = 0; q < 250; q++) {
            for (int j = 0; j < 900; j++) {
                boolean person = query.labels().pid(q) == gallery.labels().pid(j);
                boolean camera = query.labels().camid(q) == gallery.labels().camid(j);
                if (!gallery.labels().isJunk(j) && !(person && camera)) {
                    (person ? same : different).add(distances[q][j]);
                }
            }
        }
        Verification found = new Verifier(metric, 50, 0.9, 1, 1 << 20).verify(query, gallery);
        assertThat(found).isEqualTo(new Verifier(metric, 50, 0.9, 1, BlockShape.DEFAULT_BYTES).verify(query, gallery));
        assertThat(found.samePairs()).isEqualTo(same.size());
        assertThat(found.differentPairs()).isEqualTo(different.size());
        for (Verification.Point point : found.points()) {
            double accepted = part(different, point.threshold());
            assertThat(point.falseAccept()).isEqualTo(accepted).isLessThanOrEqualTo(point.target());
            assertThat(point.trueAccept()).isEqualTo(part(same, point.threshold()));
            assertThat(point.trueAccept()).isBetween(point.low(), point.high());
            if (levels == 0 && point.target() * different.size() > 100) {
                assertThat(accepted).isGreaterThan(point.target() / 1.1);
                assertThat(point.high()).isGreaterThan(point.low());
            }
        }
        assertThat(found.curve()).hasSizeGreaterThan(levels == 0 ? 100 : 3);
        double before = -1;
        for (Verification.Step step : found.curve()) {
            assertThat(step.threshold()).isGreaterThan(before);
            assertThat(step.falseAccept()).isEqualTo(part(different, step.threshold()));
            assertThat(step.trueAccept()).isEqualTo(part(same, step.threshold()));
            before = step.threshold();
        }
        assertThat(found.curve().get(found.curve().size() - 1).falseAccept()).isGreaterThan(0.1);
        assertThat(new Verifier(metric, 50, 0.9, 2, 1 << 20).verify(query, gallery))
                .isNotEqualTo(found);
    }

    /** The interval holds the middle nine tenths of rates of sets drawn as its people are, about nine times in ten. */
    @Test
    void theIntervalIsAsWideAsTheRateIsUncertain() {
        Random random = new Random(12);
        List<Double> rates = new ArrayList<>();
        double width = 0;
        for (int i = 0; i < 40; i++) {
            LabelledFeatures query = people(random, 120, 1, 0);
            LabelledFeatures gallery = people(random, 400, 1, 0);
            Verification.Point point = new Verifier(DistanceMetric.EUCLIDEAN, 200, 0.9, i, 1 << 20)
                    .verify(query, gallery)
                    .points()
                    .get(1);
            rates.add(point.trueAccept());
            width += (point.high() - point.low()) / 40;
        }
        rates.sort(null);
        double spread = rates.get(37) - rates.get(2);
        assertThat(width).isBetween(spread / 3, 3 * spread);
    }

    @Test
    void whereTwoPeopleLookTheSameNothingCanBeAccepted() {
        FeatureMatrix one = FeatureMatrix.ofRows(new float[] {1});
        LabelledFeatures query = new LabelledFeatures(one, new int[] {1}, new int[] {1});
        LabelledFeatures gallery = new LabelledFeatures(one.select(new int[2]), new int[] {1, 2}, new int[] {2, 2});
        Verification found = new Verifier(DistanceMetric.EUCLIDEAN).verify(query, gallery);
        for (Verification.Point point : found.points()) {
            assertThat(point.threshold()).isNegative();
            assertThat(point.trueAccept()).isZero();
            assertThat(point.falseAccept()).isZero();
        }
    }

    @Test
    void refusesWhatCannotBeVerified() {
        FeatureMatrix one = FeatureMatrix.ofRows(new float[] {0});
        LabelledFeatures query = new LabelledFeatures(one, new int[] {1}, new int[] {1});
        LabelledFeatures other = new LabelledFeatures(one, new int[] {1}, new int[] {2});
        LabelledFeatures stranger = new LabelledFeatures(one, new int[] {2}, new int[] {2});
        Verifier verifier = new Verifier(DistanceMetric.EUCLIDEAN);
        assertThatThrownBy(() -> verifier.verify(query, stranger))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("no pair of one person to compare");
        assertThatThrownBy(() -> verifier.verify(query, other)).hasMessage("no pair of different people to compare");
        assertThatThrownBy(() -> new Verifier(DistanceMetric.COSINE, -1, 0.9, 0, 1 << 20))
                .hasMessage("resamples is -1, must not be negative");
        assertThatThrownBy(() -> new Verifier(DistanceMetric.COSINE, 1, 1, 0, 1 << 20))
                .hasMessage("confidence is 1.0, must lie between 0 and 1");
    }

    private static double part(List<Double> distances, double threshold) {
        return (double) distances.stream().filter(d -> d <= threshold).count() / distances.size();
    }

    /** Images around their person. */
    private static LabelledFeatures people(Random random, int size, int fromPid, int levels) {
        FeatureMatrix images = Fixtures.random(random, size, 6, levels);
        FeatureMatrix centres = Fixtures.random(new Random(1), 42, 6, levels);
        int[] pids = Fixtures.ints(random, size, fromPid, 40);
        for (int i = 0; i < images.data().length; i++) {
            float centre = centres.data()[(pids[i / 6] + 1) * 6 + i % 6];
            images.data()[i] = levels > 0 ? images.data()[i] + centre : 0.4f * images.data()[i] + centre;
        }
        return new LabelledFeatures(images, pids, Fixtures.ints(random, size, 1, 4));
    }
}
