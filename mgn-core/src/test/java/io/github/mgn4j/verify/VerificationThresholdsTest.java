package io.github.mgn4j.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.features.DistanceMetric;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationThresholdsTest {
    private static final VerificationThresholds STORED = new VerificationThresholds(
            DistanceMetric.EUCLIDEAN,
            true,
            "people \"of\" \n one yard",
            80,
            3000,
            List.of(new Threshold(0.1, 5, 0.75), new Threshold(0.01, 4.25, 0.5), new Threshold(0.001, 4.25, 0.5)));

    private static final String JSON = STORED.toJson();

    @ParameterizedTest
    @CsvSource({"0.5,    0.1", "0.1,    0.1", "0.0999, 0.01", "0.01,   0.01", "0.002,  0.001", "0.001,  0.001"})
    void theNearestStoredRateThatIsNotAboveIsUsed(double asked, double used) {
        assertThat(STORED.at(asked).falseAcceptRate()).isEqualTo(used);
        Comparison verdict = STORED.compare(new float[] {0, 0}, new float[] {3, 4}, asked);
        assertThat(verdict.falseAcceptRate()).hasValue(used);
        assertThat(verdict.distance()).isEqualTo(5);
        assertThat(verdict.threshold()).isEqualTo(STORED.at(asked).distance());
        assertThat(verdict.same()).isEqualTo(used == 0.1); // 5 is the threshold itself there
    }

    @Test
    void aRateBelowAllStoredOnesIsRefused() {
        assertThatThrownBy(() -> STORED.at(0.0005))
                .isInstanceOf(VerificationException.class)
                .hasMessage("no threshold for a false-accept rate of 5.0E-4: the model has those for 0.1, 0.01, 0.001,"
                        + " from 3000 pairs of two people");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1, 2, Double.NaN})
    void aRateThatIsNoneIsRefused(double rate) {
        assertThatThrownBy(() -> STORED.at(rate)).hasMessage("false-accept rate must lie between 0 and 1, not " + rate);
    }

    @Test
    void aDistanceAsThresholdKeepsToTheSmallestRateThatAcceptsAsMuch() {
        assertThat(STORED.falseAcceptRate(4)).hasValue(0.001);
        assertThat(STORED.falseAcceptRate(4.25)).hasValue(0.001);
        assertThat(STORED.falseAcceptRate(4.5)).hasValue(0.1);
        assertThat(STORED.falseAcceptRate(5.1)).isEmpty();
    }

    @Test
    void whereThereAreNoneTheMessageSaysHowToGetSome() {
        assertThatThrownBy(() -> VerificationThresholds.require(null))
                .isInstanceOf(VerificationException.class)
                .hasMessageContaining("mgn evaluate --model MODEL --data DIR --store-thresholds MODEL2")
                .hasMessageContaining("Model.withThresholds");
    }

    @Test
    void theyComeBackFromJson() {
        assertThat(VerificationThresholds.parse(JSON)).isEqualTo(STORED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "version":1           | "version":2            | thresholds of version 2 are not known
            "version":1           | "x":1                  | are damaged
            "distance":"euclidean"| "distance":"manhattan" | unknown distance 'manhattan'; there are euclidean and cosine
            "distance":"euclidean"| "distance":"EUCLIDEAN" | unknown distance 'EUCLIDEAN'
            "flip":true           | "flip":"yes"           | are damaged
            "flip":true           | "flip":null            | are damaged
            "same_pairs":80       | "same_pairs":0         | at least 1 pair of one person, not 0
            "different_pairs":3000| "different_pairs":-1   | at least 1 pair of two people, not -1
            "different_pairs":3000| "different_pairs":"x"  | are damaged
            "false_accept":0.01   | "false_accept":0       | false-accept rate must lie between 0 and 1, not 0.0
            "false_accept":0.01   | "false_accept":1       | false-accept rate must lie between 0 and 1, not 1.0
            "false_accept":0.01   | "false_accept":NaN     | false-accept rate must lie between 0 and 1, not NaN
            "false_accept":0.01   | "false_accept":0.2     | thresholds must descend with their rates, found 4.25 at 0.2 after 5.0 at 0.1
            "false_accept":0.01   | "false_accept":0.1     | thresholds must descend with their rates
            "threshold":5.0       | "threshold":4.0        | thresholds must descend with their rates, found 4.25 at 0.01 after 4.0 at 0.1
            "threshold":5.0       | "threshold":-1         | threshold must be 0 or more and finite, not -1.0
            "threshold":5.0       | "threshold":1e999      | threshold must be 0 or more and finite, not Infinity
            "threshold":5.0       | "threshold":null       | are damaged
            "threshold":5.0       | "threshold":"a\\nb"    | are damaged
            "true_accept":0.75    | "true_accept":1.5      | true-accept rate must lie in 0..1, not 1.5
            "true_accept":0.75    | "true_accept":NaN      | true-accept rate must lie in 0..1, not NaN
            """)
    void damagedJsonIsRefusedInOneLine(String sound, String damaged, String message) {
        assertThat(JSON).contains(sound);
        assertThatThrownBy(() -> VerificationThresholds.parse(JSON.replace(sound, damaged)))
                .isInstanceOf(VerificationException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "null", "1", "{\"version\":1,\"thresholds\":[1]}"})
    void whatIsNotThresholdsIsRefused(String json) {
        assertThatThrownBy(() -> VerificationThresholds.parse(json)).isInstanceOf(VerificationException.class);
    }

    @Test
    void thereMustBeAThreshold() {
        assertThatThrownBy(() -> VerificationThresholds.parse(JSON.replaceFirst("\\[.*\\]", "[]")))
                .hasMessage("there is no threshold");
    }

    @Test
    void distancesAreThoseOfTheirDefinitions() {
        float[] a = {3, 0};
        float[] b = {0, 4};
        assertThat(DistanceMetric.EUCLIDEAN.between(a, b)).isEqualTo(5);
        assertThat(DistanceMetric.COSINE.between(a, b)).isCloseTo(1, within(1e-6));
        assertThat(DistanceMetric.COSINE.between(a, new float[] {-1, 0})).isEqualTo(2);
        assertThat(DistanceMetric.COSINE.between(a, new float[2])).isEqualTo(1);
        assertThat(DistanceMetric.COSINE.between(new float[2], new float[2])).isEqualTo(1);
        assertThatThrownBy(() -> DistanceMetric.EUCLIDEAN.between(a, new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("features of 2 and 3 values have no distance");
        for (DistanceMetric distance : DistanceMetric.values()) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                assertThatThrownBy(() -> distance.between(a, new float[] {bad, 1}))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("expected finite values");
            }
        }
    }
}
