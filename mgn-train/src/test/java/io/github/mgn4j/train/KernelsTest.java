package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.data.Batch;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.RandomModels;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.samediff.internal.TrainingGraph;
import io.github.mgn4j.spec.ClassifierPosition;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels compute in float32 what ND4J computes in float64. */
class KernelsTest {
    private static final int P = 2;
    private static final int K = 3;

    /** The kinds of blocks and ends, with channels that fill vectors and channels that do not. */
    static List<MgnSpec> networks() {
        MgnSpec small = Runs.SPEC.toBuilder().classes(P).build();
        return List.of(
                small,
                small.toBuilder().backbone(18, 1.0 / 4).build(),
                small.toBuilder()
                        .backbone(50, 1.0 / 8)
                        .pooling(Pooling.GEM)
                        .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                        .variants(Variant.POOLED_FEATURE, Variant.BN_NECK, Variant.IBN_A)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void wholeBatch(MgnSpec spec) {
        areNearFloat64(spec, P * K);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void microBatches(MgnSpec spec) {
        areNearFloat64(spec, K);
    }

    /**
     * Factors of 8 bits: near the losses the gradients are float32's. This network makes a hundred times as much of a difference
     * on its way down to the stem. A processor that gains nothing from bf16 computes in fp32.
     */
    @Test
    void bf16GradientsAreNearFp32s() {
        MgnSpec spec = networks().get(1);
        Results wanted =
                results(spec, DataType.FLOAT, P * K, Kernels.find(Layout.NHWC, DataType.FLOAT, Precision.FP32));
        Results found = results(spec, DataType.FLOAT, P * K, Kernels.find(Layout.NHWC, DataType.FLOAT, Precision.BF16));
        assertThat(found.loss).isCloseTo(wanted.loss, within(0.02 * wanted.loss));
        wanted.values.forEach((name, values) -> {
            if (name.startsWith("classifiers.")) {
                assertThat(distance(found, name, values)).as(name).isLessThan(0.2 * norm(values));
            }
        });
    }

    @Test
    void bf16Trains() throws IOException {
        List<Double> losses = new ArrayList<>();
        Recipe recipe = Recipe.builder()
                .p(P)
                .k(K)
                .iterations(12)
                .lr(0.003)
                .precision(Precision.BF16)
                .build();
        MgnSpec spec = networks().get(1);
        MemoryBatches data = new MemoryBatches(spec, P, K, Layout.NHWC);
        try (Trainer trainer = new Trainer(RandomModels.of(spec, 5), recipe, data)) {
            trainer.addListener((t, step) -> losses.add(step.loss()));
            trainer.run();
        }
        assertThat(losses.get(11)).isLessThan(0.5 * losses.get(0));
    }

    @Test
    void bf16NeedsKernels() {
        assertThatThrownBy(() -> Kernels.find(Layout.NCHW, DataType.FLOAT, Precision.BF16))
                .isInstanceOf(RecipeException.class)
                .hasMessage("precision bf16 needs mgn-onednn and its natives on the class path, and trains on a CPU");
        assertThat(Kernels.find(Layout.NCHW, DataType.FLOAT, Precision.FP32)).isEqualTo(Kernels.NONE);
    }

    private static void areNearFloat64(MgnSpec spec, int part) {
        Kernels kernels = Kernels.find(Layout.NHWC, DataType.FLOAT, Precision.FP32);
        assertThat(kernels.exist()).isTrue();
        Results wanted = results(spec, DataType.DOUBLE, part, Kernels.NONE);
        Results found = results(spec, DataType.FLOAT, part, kernels);
        // The last network turns float32's rounding into 4 % of some gradients, by ND4J alone as well.
        double tolerance = spec.variants().isEmpty() ? 1e-3 : 0.2;
        assertThat(found.loss).isCloseTo(wanted.loss, within(0.1 * tolerance * wanted.loss));
        assertThat(found.values.keySet()).isEqualTo(wanted.values.keySet());
        double largest = wanted.values.values().stream()
                .mapToDouble(KernelsTest::norm)
                .max()
                .orElseThrow();
        wanted.values.forEach((name, values) -> assertThat(distance(found, name, values))
                .as(name)
                .isLessThan(tolerance * norm(values) + 1e-3 * tolerance * largest));
    }

    private static double distance(Results from, String name, double[] to) {
        double[] difference = NdArrays.named(from.values, name).clone();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= to[i];
        }
        return norm(difference);
    }

    private record Results(double loss, Map<String, double[]> values) {}

    private static Results results(MgnSpec spec, DataType type, int part, Kernels kernels) {
        Model start = RandomModels.of(spec, 5);
        Batch batch = new MemoryBatches(spec, P, K, Layout.NHWC).next();
        Objective objective = Objective.mgn(spec);
        TrainingGraph graph = TrainingGraph.of(start, part, Layout.NHWC, type, kernels.exist());
        List<String> trainable = NetworkSummary.of(spec).parameters().stream()
                .filter(Parameter::trainable)
                .map(Parameter::name)
                .toList();
        try (Gradients gradients = part == P * K
                ? new WholeBatch(graph, objective, trainable, kernels)
                : new MicroBatches(graph, objective, P * K, trainable, kernels)) {
            double loss = gradients.losses(batch).total();
            Map<String, double[]> values = new LinkedHashMap<>();
            Map<String, INDArray> arrays =
                    gradients.gradients(found -> graph.statistics().forEach(s -> {
                        values.put(s.mean(), values(found, s.mean()));
                        values.put(s.variance(), values(found, s.variance()));
                    }));
            arrays.keySet().forEach(name -> values.put(name, values(arrays, name)));
            return new Results(loss, values);
        }
    }

    private static double[] values(Map<String, INDArray> arrays, String name) {
        return NdArrays.named(arrays, name).dup('c').data().asDouble();
    }

    private static double norm(double[] values) {
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }
}
