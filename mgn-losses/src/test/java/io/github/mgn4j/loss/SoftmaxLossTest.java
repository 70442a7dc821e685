package io.github.mgn4j.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

class SoftmaxLossTest {
    private static final int[] LABELS = {2, 0, 1, 2, 3, 0};
    private static final int CLASSES = 4;

    private static LossGraph.Result run(double[][] logits, int[] labels, DataType type, double smoothing) {
        SoftmaxLoss loss = new SoftmaxLoss(smoothing);
        int classes = logits[0].length;
        return LossGraph.run(
                logits, labels, classes, type, 0.37, (sd, x, oneHot) -> loss.apply(sd, x, oneHot, classes));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5})
    void isTheNaiveLossWithTheGradientOfFiniteDifferences(double smoothing) {
        double[][] logits = random(LABELS.length, CLASSES, 2);
        LossGraph.Result result = run(logits, LABELS, DataType.DOUBLE, smoothing);
        assertThat(result.loss()).isCloseTo(NaiveLosses.softmax(logits, LABELS, smoothing), within(1e-12));
        double[][] wanted = LossGraph.differences(logits, (x, y) -> NaiveLosses.softmax(x, y, smoothing), LABELS);
        Fixtures.assertClose(result.gradient(), wanted, 1e-8);
    }

    @Test
    void isPyTorchs() {
        for (Fixtures.Case c : Fixtures.of("softmax")) {
            LossGraph.Result exact = run(c.input(), c.labels(), DataType.DOUBLE, c.smoothing());
            assertThat(exact.loss()).as(c.name()).isCloseTo(c.loss(), within(1e-12 * Math.max(1, c.loss())));
            Fixtures.assertClose(exact.gradient(), c.gradient(), 1e-12);
            LossGraph.Result single = run(c.input(), c.labels(), DataType.FLOAT, c.smoothing());
            assertThat(single.loss()).as(c.name()).isCloseTo(c.loss(), within(1e-6 * Math.max(1, c.loss())));
            Fixtures.assertClose(single.gradient(), c.gradient(), 1e-6);
        }
    }

    @Test
    void hugeLogitsGiveFiniteValues() {
        LossGraph.Result result =
                run(new double[][] {{3e4, -3e4, 0}, {-3e4, 3e4, 0}}, new int[] {1, 1}, DataType.FLOAT, 0);
        assertThat(result.loss()).isCloseTo(3e4, within(1.0));
        assertThat(result.gradient()[0]).containsExactly(new double[] {0.5, -0.5, 0}, within(1e-6));
        assertThat(result.gradient()[1]).containsExactly(new double[] {0, 0, 0}, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void refusesSmoothingOutsideItsRange(double smoothing) {
        assertThatThrownBy(() -> new SoftmaxLoss(smoothing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("label smoothing must be 0 or more and below 1, not " + smoothing);
    }

    static double[][] random(int rows, int columns, double scale) {
        Random random = new Random(11);
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int j = 0; j < columns; j++) {
                row[j] = random.nextGaussian() * scale;
            }
        }
        return values;
    }
}
