package io.github.mgn4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.eval.PairDistances;
import io.github.mgn4j.eval.Verification;
import io.github.mgn4j.eval.Verification.Point;
import io.github.mgn4j.eval.Verification.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChartsTest {
    private static final Verification VERIFICATION = new Verification(
            50,
            20_000,
            0.95,
            List.of(
                    new Point(0.1, 4, 0.08, 0.9, 0.85, 0.95),
                    new Point(0.01, 3, 0.0099, 0.6, 0.5, 0.7),
                    new Point(0.001, 2, 0.0005, 0.4, 0.3, 0.45),
                    new Point(0.0001, 1, 0.00005, 0.2, 0.1, 0.3)),
            List.of(
                    new Step(0.5, 0, 0.1),
                    new Step(1, 0.00005, 0.2),
                    new Step(2, 0.0005, 0.4),
                    new Step(3, 0.0099, 0.6),
                    new Step(4, 0.08, 0.9),
                    new Step(5, 0.13, 0.97)));

    /** At every false accept rate from 0.01% to 10% the curve is at the most that keeps to it. */
    @Test
    void theRocCurveIsTheStepFunctionOfItsThresholds() {
        Chart chart = Charts.roc(VERIFICATION);
        assertThat(chart.series()).hasSize(1);
        assertThat(chart.series().get(0).points())
                .containsExactly(
                        0.0001, 0.2, 0.0005, 0.2, 0.0005, 0.4, 0.0099, 0.4, 0.0099, 0.6, 0.08, 0.6, 0.08, 0.9, 0.1,
                        0.9);
        assertThat(chart.x().log()).isTrue();
        assertThat(chart.marks())
                .startsWith(new Chart.Interval(0.1, 0.85, 0.9, 0.95))
                .hasSize(4);
        assertThat(chart.description())
                .isEqualTo("ROC curve: 90.0% of the pairs of one person accepted at a false" + " accept rate of 10%");
    }

    @Test
    void whereNothingMayBeAcceptedTheCurveLiesAtZero() {
        Verification none = new Verification(1, 1, 0.95, VERIFICATION.points(), List.of(new Step(0, 1, 1)));
        assertThat(Charts.roc(none).series().get(0).points()).containsExactly(0.0001, 0.0, 0.1, 0.0);
        assertThat(Charts.roc(none).toSvg()).doesNotContain("NaN", "Infinity");
    }

    @Test
    void theChosenThresholdIsDrawnAmongTheDistances() {
        PairDistances pairs = new PairDistances(0, 6, List.of(0.75, 0.25), List.of(0.1, 0.9), 50, 20_000);
        ReportData data =
                ReportData.builder("r").pairs(pairs).verification(VERIFICATION).build();
        assertThat(Charts.pairs(pairs, data.chosen()).marks())
                .containsExactly(new Chart.Limit(3, "3.000: 1% false accepts"));
        assertThat(Charts.pairs(pairs, data.chosen()).toSvg()).contains("3.000: 1% false accepts</text>");
        assertThat(Charts.pairs(pairs, null).marks()).isEmpty();
        Point nothing = new Point(0.01, -1, 0, 0, 0, 0);
        assertThat(Charts.pairs(pairs, nothing).marks()).isEmpty();
    }
}
