package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.data.Batch;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.loss.SoftmaxLoss;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.samediff.internal.TrainingGraph;
import io.github.mgn4j.samediff.internal.plan.GraphPlan;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.GlobalFeature;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Variant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Batches in parts against the whole, against finite differences, and against parts put together by hand. */
class MicroBatchesTest {
    private static final int P = 4;
    private static final int K = 2;
    private static final int PART = 4;
    private static final double MARGIN = 1.2;
    private static final MgnSpec SPEC = Runs.SPEC.toBuilder().classes(P).build();
    private static final Model START = ReferenceWeights.model(SPEC);

    private static Trainer trainer() {
        Recipe recipe =
                Recipe.builder().p(P).k(K).iterations(3).microBatch(PART).build();
        return Trainer.builder(recipe, new MemoryBatches(SPEC, P, K, Layout.NHWC))
                .type(DataType.DOUBLE)
                .start(START);
    }

    /** The paper's network, and one whose losses see other vectors than its features. */
    static List<MgnSpec> networks() {
        return List.of(
                SPEC,
                SPEC.toBuilder()
                        .pooling(Pooling.GEM)
                        .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                        .variants(Variant.POOLED_FEATURE, Variant.BN_NECK, Variant.IBN_A)
                        .build());
    }

    private static List<String> trainable(MgnSpec spec) {
        return NetworkSummary.of(spec).parameters().stream()
                .filter(Parameter::trainable)
                .map(Parameter::name)
                .toList();
    }

    /** The sums over a variable's uses are in another order, so the gradients agree to rounding, not to the bit. */
    @ParameterizedTest
    @MethodSource("networks")
    void onePartIsTheWholeBatch(MgnSpec spec) {
        Model start = ReferenceWeights.model(spec);
        Batch batch = new MemoryBatches(spec, P, K, Layout.NHWC).next();
        Objective objective = Objective.mgn(spec);
        TrainingGraph one = TrainingGraph.of(start, P * K, Layout.NHWC, DataType.DOUBLE);
        TrainingGraph other = TrainingGraph.of(start, P * K, Layout.NHWC, DataType.DOUBLE);
        try (Gradients whole = new WholeBatch(one, objective, trainable(spec), Kernels.NONE);
                Gradients parts = new MicroBatches(other, objective, P * K, trainable(spec), Kernels.NONE)) {
            assertThat(parts.losses(batch)).isEqualTo(whole.losses(batch));
            Map<String, double[]> wantedStatistics = new LinkedHashMap<>();
            Map<String, double[]> statistics = new LinkedHashMap<>();
            Map<String, INDArray> wanted = whole.gradients(s -> copy(one, s, wantedStatistics));
            Map<String, INDArray> found = parts.gradients(s -> copy(other, s, statistics));
            assertThat(found.keySet())
                    .isEqualTo(wanted.keySet())
                    .hasSize(trainable(spec).size());
            wanted.forEach((name, gradient) -> assertThat(
                            NdArrays.named(found, name).dup('c').data().asDouble())
                    .as(name)
                    .containsExactly(gradient.dup('c').data().asDouble(), within(1e-12)));
            assertThat(statistics.keySet()).isEqualTo(wantedStatistics.keySet()).isNotEmpty();
            wantedStatistics.forEach(
                    (name, values) -> assertThat(statistics.get(name)).as(name).isEqualTo(values));
        }
    }

    private static void copy(TrainingGraph graph, Map<String, INDArray> from, Map<String, double[]> to) {
        graph.statistics()
                .forEach(s -> to.put(
                        s.mean(), NdArrays.named(from, s.mean()).dup('c').data().asDouble()));
    }

    @Test
    void aMicroBatchAsLargeAsTheBatchIsTheWholeBatchToTheBit() throws IOException {
        List<Model> models = new ArrayList<>();
        for (int part : new int[] {0, P * K}) {
            Recipe recipe = Recipe.builder().p(P).k(K).microBatch(part).build();
            try (Trainer trainer = new Trainer(START, recipe, new MemoryBatches(SPEC, P, K, Layout.NHWC))) {
                trainer.step();
                models.add(trainer.model());
            }
        }
        for (String name : models.get(0).weights().names()) {
            assertThat(models.get(1).weights().get(name).toArray())
                    .as(name)
                    .isEqualTo(models.get(0).weights().get(name).toArray());
        }
    }

    @Test
    void gradientsOfPartsAreThoseOfFiniteDifferences() throws IOException {
        try (Trainer trainer = trainer()) {
            Map<String, INDArray> gradients = new LinkedHashMap<>();
            trainer.gradients().forEach((name, gradient) -> gradients.put(name, gradient.dup()));
            double step = 1e-6;
            for (String name : List.of(
                    "trunk.conv1.weight",
                    "trunk.layer1.1.bn2.weight",
                    "branches.0.layer4.0.downsample.0.weight",
                    "branches.0.layer3.1.bn1.bias",
                    "reductions.g1.0.weight",
                    "reductions.g1.1.weight",
                    "reductions.p2_1.0.weight",
                    "classifiers.g1.weight",
                    "classifiers.p2_0.bias")) {
                INDArray weight = trainer.array(name);
                long middle = weight.length() / 2;
                double original = weight.getDouble(middle);
                weight.putScalar(middle, original + step);
                double above = trainer.losses().total();
                weight.putScalar(middle, original - step);
                double below = trainer.losses().total();
                weight.putScalar(middle, original);
                double gradient = NdArrays.named(gradients, name).getDouble(middle);
                assertThat(gradient).as(name).isCloseTo((above - below) / (2 * step), within(1e-6));
                assertThat(Math.abs(gradient)).as(name).isGreaterThan(1e-5);
            }
        }
    }

    @Test
    void lossesAndStatisticsAreThoseOfPartsPutTogetherByHand() throws IOException {
        Map<String, double[][]> vectors = new LinkedHashMap<>();
        Map<String, double[]> running = new LinkedHashMap<>();
        parts(vectors, running);
        try (Trainer trainer = trainer()) {
            StepReport step = trainer.step();
            double triplets = 0;
            for (GlobalFeature feature : SPEC.globalFeatures()) {
                double wanted = triplet(Objects.requireNonNull(vectors.get(feature.name())));
                assertThat(step.terms().get("triplet/" + feature.name())).isCloseTo(wanted, within(1e-9));
                triplets += wanted / SPEC.globalFeatures().size();
            }
            assertThat(step.triplet()).isCloseTo(triplets, within(1e-9));
            running.forEach((name, values) ->
                    assertThat(trainer.array(name).toDoubleVector()).as(name).containsExactly(values, within(1e-12)));
        }
    }

    /** Runs the parts one by one; moves running means and variances as PyTorch would, twice. */
    private static void parts(Map<String, double[][]> vectors, Map<String, double[]> running) throws IOException {
        TrainingGraph graph = TrainingGraph.of(START, PART, Layout.NHWC, DataType.DOUBLE);
        List<String> outputs = new ArrayList<>();
        graph.heads().values().forEach(head -> outputs.add(head.reduced().name()));
        graph.statistics().forEach(s -> outputs.addAll(List.of(s.mean(), s.variance())));
        long[] shape = {PART, SPEC.input().height(), SPEC.input().width(), 3};
        Batch batch = new MemoryBatches(SPEC, P, K, Layout.NHWC).next();
        float[] all = new float[batch.images().remaining()];
        batch.images().duplicate().get(all);
        INDArray images = Nd4j.createFromArray(all).castTo(DataType.DOUBLE).reshape(P * K, shape[1], shape[2], 3);
        try (GraphPlan plan = GraphPlan.of(graph.sd(), Map.of(TrainingGraph.IMAGES, shape), outputs)) {
            for (int from = 0; from < P * K; from += PART) {
                for (int i = 0; i < PART; i++) {
                    plan.input(TrainingGraph.IMAGES).slice(i).assign(images.slice(from + i));
                }
                plan.run();
                int start = from;
                graph.heads().forEach((part, head) -> {
                    double[][] rows = vectors.computeIfAbsent(part.name(), name -> new double[P * K][]);
                    for (int i = 0; i < PART; i++) {
                        rows[start + i] =
                                plan.output(head.reduced().name()).getRow(i).toDoubleVector();
                    }
                });
                for (TrainingGraph.BatchStatistics s : graph.statistics()) {
                    move(running, s.norm() + ".running_mean", plan.output(s.mean()), 1);
                    move(running, s.norm() + ".running_var", plan.output(s.variance()), s.count() / (s.count() - 1.0));
                }
            }
        }
    }

    private static void move(Map<String, double[]> running, String name, INDArray batch, double factor) {
        double[] values = running.computeIfAbsent(name, key -> {
            float[] start = START.weights().get(key).toArray();
            double[] copy = new double[start.length];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = start[i];
            }
            return copy;
        });
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.9 * values[i] + 0.1 * factor * batch.getDouble(i);
        }
    }

    /** Batch-hard over the whole batch: image i shows identity i / K. */
    private static double triplet(double[][] vectors) {
        double sum = 0;
        for (int a = 0; a < vectors.length; a++) {
            double positive = 0;
            double negative = Double.POSITIVE_INFINITY;
            for (int b = 0; b < vectors.length; b++) {
                double squares = 0;
                for (int i = 0; i < vectors[a].length; i++) {
                    squares += (vectors[a][i] - vectors[b][i]) * (vectors[a][i] - vectors[b][i]);
                }
                if (a / K == b / K) {
                    positive = Math.max(positive, Math.sqrt(squares));
                } else {
                    negative = Math.min(negative, Math.sqrt(squares));
                }
            }
            sum += Math.max(0, positive - negative + MARGIN);
        }
        return sum / vectors.length;
    }

    @Test
    void parametersWithoutALossAreLeftAsTheyAre() throws IOException {
        Objective stripes = Objective.softmaxOnly(SPEC, SoftmaxLoss.plain());
        for (int part : new int[] {0, PART}) {
            Recipe recipe = Recipe.builder().p(P).k(K).microBatch(part).build();
            try (Trainer trainer = Trainer.builder(recipe, new MemoryBatches(SPEC, P, K, Layout.NHWC))
                    .objective(spec -> stripes)
                    .type(DataType.DOUBLE)
                    .start(START)) {
                trainer.step();
                Model after = trainer.model();
                // No softmax loss sees the reduced global vectors.
                assertThat(after.weights().get("reductions.g1.0.weight").toArray())
                        .isEqualTo(START.weights().get("reductions.g1.0.weight").toArray());
                assertThat(after.weights().get("reductions.p2_0.0.weight").toArray())
                        .isNotEqualTo(
                                START.weights().get("reductions.p2_0.0.weight").toArray());
            }
        }
    }

    @Test
    void trainingInPartsLearns() throws IOException {
        Recipe recipe = Recipe.builder()
                .p(P)
                .k(K)
                .iterations(20)
                .lr(0.02)
                .microBatch(PART)
                .build();
        List<Double> losses = new ArrayList<>();
        try (Trainer trainer = new Trainer(START, recipe, new MemoryBatches(SPEC, P, K, Layout.NHWC))) {
            trainer.addListener((t, step) -> losses.add(step.loss()));
            trainer.run();
        }
        assertThat(losses.get(19)).isLessThan(0.75 * losses.get(0));
    }

    @Test
    void aPartThatDoesNotDivideTheBatchIsRefused() {
        Recipe recipe = Recipe.builder().p(4).k(3).microBatch(3).build();
        assertThatThrownBy(() -> new Trainer(START, recipe, new MemoryBatches(SPEC, P, K, Layout.NHWC)))
                .isInstanceOf(RecipeException.class)
                .hasMessage("micro-batch must be a divisor of the batch's 8 images, not 3");
    }
}
