package io.github.mgn4j.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

class TripletLossTest {
    private static LossGraph.Result run(double[][] features, int[] labels, DataType type, TripletLoss loss) {
        return LossGraph.run(features, labels, 6, type, 0.37, loss::apply);
    }

    static Stream<Arguments> batches() {
        return Stream.of(TripletLoss.standard(), TripletLoss.withMargin(0.3), TripletLoss.softMargin())
                .flatMap(loss -> Stream.of(
                        Arguments.of(loss, new int[] {0, 0, 1, 1, 2, 2}),
                        Arguments.of(loss, new int[] {5, 1, 5, 1, 5, 1, 3, 3, 3}),
                        // an identity with one image is a negative for others and no anchor
                        Arguments.of(loss, new int[] {0, 0, 0, 4, 1, 1}),
                        Arguments.of(loss, new int[] {0, 3, 3, 0})));
    }

    @ParameterizedTest
    @MethodSource("batches")
    void isTheNaiveLossWithTheGradientOfFiniteDifferences(TripletLoss loss, int[] labels) {
        double[][] features = SoftmaxLossTest.random(labels.length, 5, 1);
        LossGraph.Result result = run(features, labels, DataType.DOUBLE, loss);
        assertThat(result.loss()).isPositive().isCloseTo(NaiveLosses.triplet(features, labels, loss), within(1e-12));
        double[][] wanted = LossGraph.differences(features, (x, y) -> NaiveLosses.triplet(x, y, loss), labels);
        Fixtures.assertClose(result.gradient(), wanted, 1e-8);
    }

    @Test
    void isPyTorchs() {
        for (Fixtures.Case c : Fixtures.of("triplet")) {
            TripletLoss loss = c.margin() == null ? TripletLoss.softMargin() : TripletLoss.withMargin(c.margin());
            LossGraph.Result exact = run(c.input(), c.labels(), DataType.DOUBLE, loss);
            assertThat(exact.loss()).as(c.name()).isCloseTo(c.loss(), within(1e-12 * Math.max(1, c.loss())));
            Fixtures.assertClose(exact.gradient(), c.gradient(), 1e-12);
            LossGraph.Result single = run(c.input(), c.labels(), DataType.FLOAT, loss);
            assertThat(single.loss()).as(c.name()).isCloseTo(c.loss(), within(1e-5 * Math.max(1, c.loss())));
            Fixtures.assertClose(single.gradient(), c.gradient(), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT", "DOUBLE"})
    void identicalFeaturesGiveTheMarginAndNoGradient(DataType type) {
        double[][] features = new double[4][];
        Arrays.fill(features, new double[] {0.5, -2, 1});
        int[] labels = {0, 0, 1, 1};
        LossGraph.Result hinge = run(features, labels, type, TripletLoss.withMargin(1.2));
        assertThat(hinge.loss()).isCloseTo(1.2, within(1e-6));
        Fixtures.assertClose(hinge.gradient(), new double[4][3], 0);
        LossGraph.Result soft = run(features, labels, type, TripletLoss.softMargin());
        assertThat(soft.loss()).isCloseTo(Math.log(2), within(1e-6));
        Fixtures.assertClose(soft.gradient(), new double[4][3], 0);
    }

    @Test
    void identicalPairsHaveNoPullAndNoInfinity() {
        double[][] features = {{1, 2}, {1, 2}, {1.5, 2}, {1.5, 2}};
        LossGraph.Result result = run(features, new int[] {0, 0, 1, 1}, DataType.FLOAT, TripletLoss.withMargin(1));
        assertThat(result.loss()).isCloseTo(0.5, within(1e-5));
        double[] sums = Arrays.stream(result.gradient()).mapToDouble(r -> r[0]).toArray();
        // Only the distance between the identities pulls: the four anchors push the two groups apart by 1/4 each,
        // twice.
        assertThat(sums[0] + sums[1]).isCloseTo(1, within(1e-5));
        assertThat(sums[2] + sums[3]).isCloseTo(-1, within(1e-5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT", "DOUBLE"})
    void withoutAnyTripletThereIsNothingToLearn(DataType type) {
        double[][] features = SoftmaxLossTest.random(3, 4, 1);
        for (TripletLoss loss : new TripletLoss[] {TripletLoss.standard(), TripletLoss.softMargin()}) {
            for (int[] labels : new int[][] {{1, 1, 1}, {0, 1, 2}}) {
                LossGraph.Result result = run(features, labels, type, loss);
                assertThat(result.loss()).isZero();
                Fixtures.assertClose(result.gradient(), new double[3][4], 0);
            }
        }
    }

    @Test
    void farApartFeaturesDoNotOverflowTheSoftMargin() {
        double[][] features = {{0, 0}, {4e4, 0}, {0, 1}, {4e4, 1}};
        LossGraph.Result result = run(features, new int[] {0, 0, 1, 1}, DataType.FLOAT, TripletLoss.softMargin());
        assertThat(result.loss()).isCloseTo(4e4, within(50.0));
        for (double[] row : result.gradient()) {
            assertThat(Arrays.stream(row).allMatch(Double::isFinite)).isTrue();
        }
    }

    @Test
    void refusesAMarginBelowZero() {
        assertThatThrownBy(() -> TripletLoss.withMargin(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("triplet margin must be 0 or more, not -1.0");
        assertThatThrownBy(() -> TripletLoss.withMargin(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
