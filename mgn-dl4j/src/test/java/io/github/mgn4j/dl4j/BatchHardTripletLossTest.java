package io.github.mgn4j.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.loss.SameDiffTriplet;
import io.github.mgn4j.loss.TripletLoss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class BatchHardTripletLossTest {
    private static final int BATCH = 10;
    private static final int DIMS = 4;
    private static final IActivation IDENTITY = new ActivationIdentity();
    private static final int[] LABELS = {0, 0, 1, 1, 1, 2, 2, 3, 0, 2};

    @TempDir
    Path folder;

    static Stream<TripletLoss> losses() {
        return Stream.of(TripletLoss.withMargin(1.2), TripletLoss.withMargin(0.1), TripletLoss.softMargin());
    }

    private static INDArray vectors(DataType type) {
        double[] values = new SplittableRandom(3).doubles(BATCH * DIMS, 0, 2).toArray();
        return Nd4j.create(values, new long[] {BATCH, DIMS}, type);
    }

    private static INDArray indices(DataType type) {
        return Nd4j.createFromArray(LABELS).reshape(BATCH, 1).castTo(type);
    }

    private static INDArray oneHot() {
        INDArray oneHot = Nd4j.zeros(DataType.FLOAT, BATCH, 7);
        for (int i = 0; i < BATCH; i++) {
            oneHot.putScalar(i, LABELS[i], 1);
        }
        return oneHot;
    }

    /** The definition in loops, with a mask. */
    private static double naive(INDArray vectors, TripletLoss loss, INDArray mask) {
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < BATCH; i++) {
            double positive = -1;
            double negative = Double.POSITIVE_INFINITY;
            for (int j = 0; j < BATCH; j++) {
                if (i == j || mask.getDouble(i) == 0 || mask.getDouble(j) == 0) {
                    continue;
                }
                double distance = vectors.getRow(i).distance2(vectors.getRow(j));
                if (LABELS[i] == LABELS[j]) {
                    positive = Math.max(positive, distance);
                } else {
                    negative = Math.min(negative, distance);
                }
            }
            if (positive >= 0 && negative < Double.POSITIVE_INFINITY) {
                anchors++;
                double gap = positive - negative;
                sum += loss.soft() ? Math.log1p(Math.exp(gap)) : Math.max(0, gap + loss.margin());
            }
        }
        return anchors == 0 ? 0 : sum / anchors;
    }

    private static INDArray mask(int... out) {
        INDArray mask = Nd4j.ones(DataType.FLOAT, BATCH, 1);
        for (int i : out) {
            mask.putScalar(i, 0, 0);
        }
        return mask;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void scoresAreThoseOfTheDefinition(TripletLoss settings) {
        ILossFunction loss = BatchHardTripletLoss.of(settings);
        INDArray vectors = vectors(DataType.DOUBLE);
        double expected = naive(vectors, settings, mask());
        assertThat(expected).isPositive();
        assertThat(loss.computeScore(indices(DataType.INT32), vectors, IDENTITY, null, true))
                .isCloseTo(expected, within(1e-12));
        assertThat(loss.computeScore(oneHot(), vectors, IDENTITY, null, true)).isCloseTo(expected, within(1e-12));
        assertThat(loss.computeScore(oneHot(), vectors, IDENTITY, null, false))
                .isCloseTo(BATCH * expected, within(1e-11));
        INDArray each = loss.computeScoreArray(oneHot(), vectors, IDENTITY, null);
        assertThat(each.shape()).containsExactly(BATCH, 1);
        assertThat(each.sumNumber().doubleValue()).isCloseTo(BATCH * expected, within(1e-11));
        assertThat(each.getDouble(7))
                .as("the only image of its identity is no anchor")
                .isZero();

        INDArray mask = mask(1, 4, 7);
        assertThat(loss.computeScore(oneHot(), vectors, IDENTITY, mask, true))
                .isCloseTo(naive(vectors, settings, mask), within(1e-12))
                .isNotCloseTo(expected, within(1e-3));
    }

    /** Central differences in float64 of step 1e-6: the rest is rounding, about 1e-9. */
    @ParameterizedTest
    @MethodSource("losses")
    void gradientsAreFiniteDifferences(TripletLoss settings) {
        ILossFunction loss = BatchHardTripletLoss.of(settings);
        INDArray mask = mask(1);
        for (IActivation activation : new IActivation[] {IDENTITY, new ActivationTanH()}) {
            INDArray vectors = vectors(DataType.DOUBLE);
            Pair<Double, INDArray> both = loss.computeGradientAndScore(oneHot(), vectors, activation, mask, false);
            assertThat(both.getFirst()).isEqualTo(loss.computeScore(oneHot(), vectors, activation, mask, false));
            INDArray gradient = loss.computeGradient(oneHot(), vectors, activation, mask);
            assertThat(both.getSecond()).isEqualTo(gradient);
            assertThat(vectors).as("left alone").isEqualTo(vectors(DataType.DOUBLE));
            for (int i = 0; i < vectors.length(); i++) {
                double kept = vectors.getDouble(i);
                vectors.putScalar(i, kept + 1e-6);
                double up = loss.computeScore(oneHot(), vectors, activation, mask, false);
                vectors.putScalar(i, kept - 1e-6);
                double down = loss.computeScore(oneHot(), vectors, activation, mask, false);
                vectors.putScalar(i, kept);
                assertThat(gradient.getDouble(i)).as("value %s", i).isCloseTo((up - down) / 2e-6, within(1e-7));
            }
            assertThat(gradient.getRow(1).norm1Number().doubleValue()).isZero();
        }
    }

    /** The same formula as in mgn-losses, which takes distances from products: 1e-9 in float64. */
    @ParameterizedTest
    @MethodSource("losses")
    void valuesAndGradientsAreThoseOfMgnLosses(TripletLoss settings) {
        ILossFunction loss = BatchHardTripletLoss.of(settings);
        INDArray vectors = vectors(DataType.DOUBLE);
        List<INDArray> ours = SameDiffTriplet.lossAndGradient(settings, vectors, oneHot());
        assertThat(loss.computeScore(oneHot(), vectors, IDENTITY, null, true))
                .isCloseTo(ours.get(0).getDouble(0), within(1e-9));
        INDArray gradient = loss.computeGradient(oneHot(), vectors, IDENTITY, null);
        for (int i = 0; i < gradient.length(); i++) {
            assertThat(gradient.getDouble(i) / BATCH).isCloseTo(ours.get(1).getDouble(i), within(1e-9));
        }
    }

    @Test
    void float32NetworksGetFloat32Arrays() {
        ILossFunction loss = BatchHardTripletLoss.of(TripletLoss.softMargin());
        INDArray exact = loss.computeGradient(oneHot(), vectors(DataType.DOUBLE), IDENTITY, null);
        INDArray gradient = loss.computeGradient(oneHot(), vectors(DataType.FLOAT), IDENTITY, null);
        assertThat(gradient.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(loss.computeScoreArray(oneHot(), vectors(DataType.FLOAT), IDENTITY, null)
                        .dataType())
                .isEqualTo(DataType.FLOAT);
        for (int i = 0; i < exact.length(); i++) {
            assertThat(gradient.getDouble(i)).isCloseTo(exact.getDouble(i), within(1e-5));
        }
    }

    @Test
    void batchesWithoutAnchorsHaveNoLossAndIdenticalVectorsNoGradient() {
        ILossFunction loss = BatchHardTripletLoss.of(TripletLoss.standard());
        INDArray alike = Nd4j.ones(DataType.FLOAT, BATCH, DIMS);
        assertThat(loss.computeScore(oneHot(), alike, IDENTITY, null, true)).isCloseTo(1.2, within(1e-12));
        assertThat(loss.computeGradient(oneHot(), alike, IDENTITY, null)
                        .norm1Number()
                        .doubleValue())
                .isZero();
        INDArray onePerson = Nd4j.zeros(DataType.INT32, BATCH, 1);
        assertThat(loss.computeScore(onePerson, vectors(DataType.FLOAT), IDENTITY, null, true))
                .isZero();
        INDArray nobody = Nd4j.zeros(DataType.FLOAT, BATCH, 1);
        assertThat(loss.computeScore(oneHot(), vectors(DataType.FLOAT), IDENTITY, nobody, true))
                .isZero();
    }

    @Test
    void aNetworkThatDivergedHasNoFiniteLoss() {
        INDArray vectors = vectors(DataType.FLOAT);
        vectors.putScalar(5, 2, Float.NaN);
        for (TripletLoss settings : losses().toList()) {
            ILossFunction loss = BatchHardTripletLoss.of(settings);
            assertThat(loss.computeScore(oneHot(), vectors, IDENTITY, null, true))
                    .isNaN();
            assertThat(loss.computeGradient(oneHot(), vectors, IDENTITY, null).getFloat(5, 2))
                    .isNaN();
        }
    }

    @Test
    void mistakesAreNamed() {
        ILossFunction loss = BatchHardTripletLoss.of(TripletLoss.standard());
        INDArray vectors = vectors(DataType.FLOAT);
        assertThatThrownBy(() -> loss.computeScore(Nd4j.zeros(3, 1), vectors, IDENTITY, null, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("labels of shape [3, 1] for a batch of 10: expected one-hot [batch, classes] or indices"
                        + " [batch, 1]");
        assertThatThrownBy(() -> loss.computeScore(oneHot(), vectors, IDENTITY, Nd4j.ones(BATCH, DIMS), true))
                .hasMessage("a mask of shape [10, 4] for a batch of 10: expected [batch, 1]");
        assertThatThrownBy(() -> loss.computeScore(oneHot().mul(0.5), vectors, IDENTITY, null, true))
                .hasMessage("label 0.5 of image 0 at class 0: expected one-hot labels");
        assertThatThrownBy(() -> loss.computeScore(oneHot().mul(0), vectors, IDENTITY, null, true))
                .hasMessage("no class among the labels of image 0: expected one-hot labels");
        assertThatThrownBy(() -> loss.computeScore(indices(DataType.FLOAT).add(0.5), vectors, IDENTITY, null, true))
                .hasMessage("label 0.5 of image 0: expected the index of a class, from 0");
        assertThatThrownBy(() -> loss.computeScore(oneHot(), Nd4j.ones(BATCH, 2, 2), IDENTITY, null, true))
                .hasMessage("the triplet loss expects vectors [batch, dims], found an array of shape [10, 2, 2]");
    }

    /** A network with a softmax beside the loss, both on the same vectors. */
    private static ComputationGraph network(ILossFunction loss, DataType type) {
        ComputationGraph network = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(DIMS))
                .addLayer(
                        "vectors",
                        new DenseLayer.Builder()
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer(
                        "triplet",
                        new LossLayer.Builder(loss)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "vectors")
                .addLayer(
                        "softmax",
                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .nOut(7)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "vectors")
                .setOutputs("triplet", "softmax")
                .build());
        network.init();
        return network;
    }

    /** The gradient that DL4J computes for the weights is that of the score that it reports: finite differences of a network. */
    @Test
    void aNetworksGradientIsThatOfItsScore() {
        ComputationGraph network = network(BatchHardTripletLoss.of(TripletLoss.standard()), DataType.DOUBLE);
        MultiDataSet batch = new MultiDataSet(
                new INDArray[] {vectors(DataType.DOUBLE)},
                new INDArray[] {indices(DataType.DOUBLE), oneHot().castTo(DataType.DOUBLE)},
                null,
                new INDArray[] {mask(3).castTo(DataType.DOUBLE), null});
        network.setInputs(batch.getFeatures());
        network.setLabels(batch.getLabels());
        network.setLayerMaskArrays(null, batch.getLabelsMaskArrays());
        network.computeGradientAndScore();
        INDArray gradient = network.gradient().gradient().dup();
        INDArray parameters = network.params();
        for (int i = 0; i < parameters.length(); i++) {
            double kept = parameters.getDouble(i);
            parameters.putScalar(i, kept + 1e-6);
            double up = network.score(batch, true);
            parameters.putScalar(i, kept - 1e-6);
            double down = network.score(batch, true);
            parameters.putScalar(i, kept);
            // DL4J divides gradients by the batch size in its updater, scores at once.
            assertThat(gradient.getDouble(i) / BATCH).as("parameter %s", i).isCloseTo((up - down) / 2e-6, within(1e-7));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aSavedNetworkKeepsTheLoss(TripletLoss settings) throws IOException {
        ComputationGraph network = network(BatchHardTripletLoss.of(settings), DataType.FLOAT);
        MultiDataSet batch =
                new MultiDataSet(new INDArray[] {vectors(DataType.FLOAT)}, new INDArray[] {oneHot(), oneHot()});
        network.fit(batch);
        Path file = folder.resolve("network.zip");
        ModelSerializer.writeModel(network, file.toFile(), true);
        ComputationGraph restored = ModelSerializer.restoreComputationGraph(file.toFile(), true);
        LossLayer layer = (LossLayer) restored.getLayer("triplet").conf().getLayer();
        assertThat(layer.getLossFn()).isEqualTo(BatchHardTripletLoss.of(settings));
        assertThat(restored.score(batch, true)).isEqualTo(network.score(batch, true));
        network.fit(batch);
        restored.fit(batch);
        assertThat(restored.params()).isEqualTo(network.params());
        assertThat(restored.getConfiguration()).isEqualTo(network.getConfiguration());
    }

    @Test
    void trainingLowersTheLoss() {
        ComputationGraph network = network(BatchHardTripletLoss.of(TripletLoss.standard()), DataType.FLOAT);
        MultiDataSet batch =
                new MultiDataSet(new INDArray[] {vectors(DataType.FLOAT)}, new INDArray[] {oneHot(), oneHot()});
        double before = network.score(batch, true);
        for (int step = 0; step < 50; step++) {
            network.fit(batch);
        }
        assertThat(network.score(batch, true)).isLessThan(0.8 * before);
    }
}
