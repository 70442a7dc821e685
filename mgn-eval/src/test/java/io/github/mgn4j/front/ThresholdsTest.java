package io.github.mgn4j.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.eval.EvaluationException;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.Verification;
import io.github.mgn4j.eval.Verifier;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationThresholds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From features with labels to the thresholds of a model, as a program outside the package does it. */
class ThresholdsTest {
    private static final int DIMS = 70;

    /** Of 60 queries, every pair is looked at, so that the thresholds are the very ones of a loop over all pairs. */
    @ParameterizedTest
    @EnumSource
    void theThresholdsAreThoseOfALoopOverAllPairs(DistanceMetric metric) {
        Random random = new Random(3);
        LabelledFeatures query = people(random, 60, 30);
        LabelledFeatures gallery = people(random, 300, 30);
        DistanceMetric distance = metric;
        List<Double> same = new ArrayList<>();
        List<Double> different = new ArrayList<>();
        for (int q = 0; q < 60; q++) {
            for (int j = 0; j < 300; j++) {
                double d = distance.between(
                        query.features().row(q), gallery.features().row(j));
                if (query.labels().pid(q) != gallery.labels().pid(j)) {
                    different.add(d);
                } else if (query.labels().camid(q) != gallery.labels().camid(j)) {
                    same.add(d);
                }
            }
        }
        Verifier verifier = new Verifier(metric, 0, 0.95, 0, 1 << 20);
        Verification verification = verifier.verify(query, gallery);
        assertThat(verification.differentPairs()).isEqualTo(different.size()).isGreaterThan(10_000);
        VerificationThresholds found = verifier.thresholds(verification, false, "sixty");
        assertThat(found.metric()).isEqualTo(distance);
        assertThat(found.flip()).isFalse();
        assertThat(found.data()).isEqualTo("sixty");
        assertThat(found.samePairs()).isEqualTo(same.size());
        assertThat(found.differentPairs()).isEqualTo(different.size());
        assertThat(found.thresholds()).extracting(Threshold::falseAcceptRate).containsExactly(1e-1, 1e-2, 1e-3, 1e-4);
        different.sort(null);
        for (Threshold threshold : found.thresholds()) {
            int accepted = (int) (threshold.falseAcceptRate() * different.size());
            assertThat(threshold.distance()).isEqualTo(different.get(accepted - 1));
            assertThat(verification.threshold(threshold.falseAcceptRate())).hasValue(threshold.distance());
            assertThat(threshold.trueAcceptRate())
                    .isEqualTo((double) same.stream()
                                    .filter(d -> d <= threshold.distance())
                                    .count()
                            / same.size());
            assertThat(accepted(found, query, gallery, threshold.falseAcceptRate()))
                    .isEqualTo(accepted);
        }
    }

    /** How many pairs of two people {@code compare} takes for one. */
    private static long accepted(
            VerificationThresholds thresholds, LabelledFeatures query, LabelledFeatures gallery, double rate) {
        long count = 0;
        for (int q = 0; q < query.labels().size(); q++) {
            for (int j = 0; j < gallery.labels().size(); j++) {
                if (query.labels().pid(q) != gallery.labels().pid(j)
                        && thresholds
                                .compare(
                                        query.features().row(q),
                                        gallery.features().row(j),
                                        rate)
                                .same()) {
                    count++;
                }
            }
        }
        return count;
    }

    @Test
    void aRateThatThePairsDoNotSupportHasNoThreshold() {
        Random random = new Random(4);
        LabelledFeatures query = people(random, 10, 10);
        LabelledFeatures gallery = people(random, 60, 10);
        Verifier verifier = new Verifier(DistanceMetric.EUCLIDEAN, 0, 0.95, 0, 1 << 20);
        Verification verification = verifier.verify(query, gallery);
        assertThat(verification.differentPairs()).isBetween(100L, 999L);
        assertThat(verification.supports(0.01)).isTrue();
        assertThat(verification.supports(0.001)).isFalse();
        assertThat(verification.threshold(0.01)).isPresent();
        assertThat(verification.threshold(0.001)).isEmpty();
        assertThat(verifier.thresholds(verification, true, "few").thresholds())
                .extracting(Threshold::falseAcceptRate)
                .containsExactly(0.1, 0.01);
        for (double rate : new double[] {0, -1, 0.11, 1, Double.NaN}) {
            assertThatThrownBy(() -> verification.threshold(rate))
                    .isInstanceOf(EvaluationException.class)
                    .hasMessage("false-accept rate must be above 0 and at most 0.1, not " + rate);
        }
    }

    @Test
    void whereNoRateHasAThresholdNothingIsMade() {
        FeatureMatrix one = FeatureMatrix.ofRows(new float[] {1});
        LabelledFeatures query = new LabelledFeatures(one, new int[] {1}, new int[] {1});
        LabelledFeatures gallery = new LabelledFeatures(one.select(new int[2]), new int[] {1, 2}, new int[] {2, 2});
        Verifier verifier = new Verifier(DistanceMetric.EUCLIDEAN);
        Verification verification = verifier.verify(query, gallery);
        assertThatThrownBy(() -> verifier.thresholds(verification, true, "twins"))
                .isInstanceOf(EvaluationException.class)
                .hasMessageStartingWith("no threshold keeps to a false-accept rate of 0.1 or less: 1 pairs");
    }

    /** Images around their person, cameras 1 to 3. */
    private static LabelledFeatures people(Random random, int size, int people) {
        Random centres = new Random(1);
        float[][] of = new float[people][DIMS];
        for (float[] centre : of) {
            for (int d = 0; d < DIMS; d++) {
                centre[d] = (float) centres.nextGaussian();
            }
        }
        float[][] rows = new float[size][DIMS];
        int[] pids = new int[size];
        int[] camids = new int[size];
        for (int i = 0; i < size; i++) {
            pids[i] = random.nextInt(people);
            camids[i] = 1 + random.nextInt(3);
            for (int d = 0; d < DIMS; d++) {
                rows[i][d] = of[pids[i]][d] + 1.5f * (float) random.nextGaussian();
            }
        }
        return new LabelledFeatures(FeatureMatrix.ofRows(rows), pids, camids);
    }
}
