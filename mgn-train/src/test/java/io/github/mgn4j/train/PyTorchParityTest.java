package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.samediff.internal.NdTensors;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Variant;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A tiny network trained here and by PyTorch (tools/reference/make_training_fixtures.py), both in float64: in float32 a
 * random network is no fair test, because rounding flips units at the kinks of ReLU and max.
 */
class PyTorchParityTest {
    private static final int P = 3;
    private static final int K = 2;

    private record Case(
            int depth,
            double width,
            String pool,
            List<Map<String, Double>> losses,
            Map<String, List<Double>> gradients,
            Map<String, Map<String, List<Double>>> weights) {
        MgnSpec spec() {
            MgnSpecBuilder builder = MgnSpec.builder()
                    .backbone(depth, width)
                    .input(96, 48)
                    .embedding(16)
                    .classes(P)
                    .pooling(Pooling.valueOf(pool.toUpperCase(Locale.ROOT)));
            if (pool.equals("gem")) { // the case of every variant that training sees
                Branch global = new Branch(true, List.of(), new TreeSet<>(Set.of(4)));
                builder.branches(global, Branch.part(2), Branch.part(3))
                        .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                        .variants(
                                Variant.IBN_A, Variant.BN_NECK, Variant.NO_CLASSIFIER_BIAS, Variant.CEILING_STEM_POOL);
            }
            return builder.build();
        }
    }

    private static Case[] cases() throws IOException {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(PyTorchParityTest.class.getResourceAsStream("/training-fixtures.json")),
                StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Case[].class);
        }
    }

    static Stream<Arguments> runs() throws IOException {
        Case[] cases = cases();
        return Stream.of(
                Arguments.of(cases[0], Layout.NHWC),
                Arguments.of(cases[0], Layout.NCHW),
                Arguments.of(cases[1], Layout.NHWC),
                Arguments.of(cases[2], Layout.NHWC),
                Arguments.of(cases[2], Layout.NCHW));
    }

    private static Trainer trainer(Case c, Layout layout, DataType type) {
        Recipe recipe = Recipe.builder().p(P).k(K).iterations(3).build();
        MgnSpec spec = c.spec();
        return Trainer.builder(recipe, new MemoryBatches(spec, P, K, layout))
                .type(type)
                .start(ReferenceWeights.model(spec));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void weightsAndRunningStatisticsAreThoseOfPyTorch(Case c, Layout layout) throws IOException {
        try (Trainer trainer = trainer(c, layout, DataType.DOUBLE)) {
            for (int step = 1; step <= c.losses.size(); step++) {
                StepReport report = trainer.step();
                Map<String, Double> wanted = c.losses.get(step - 1);
                assertThat(report.terms()).containsOnlyKeys(wanted.keySet());
                wanted.forEach((term, value) ->
                        assertThat(report.terms().get(term)).as(term).isCloseTo(value, within(1e-9)));
                Map<String, List<Double>> weights = c.weights.get(String.valueOf(step));
                if (weights != null) {
                    for (Parameter p : NetworkSummary.of(c.spec()).parameters()) {
                        check("step " + step, p, trainer.array(p.name()), weights, 1e-9);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void everyGradientIsThatOfPyTorch(int index) throws IOException {
        Case c = cases()[index];
        try (Trainer trainer = trainer(c, Layout.NHWC, DataType.DOUBLE)) {
            Map<String, INDArray> gradients = trainer.gradients();
            for (Parameter p : NetworkSummary.of(c.spec()).parameters()) {
                if (p.trainable()) {
                    check("gradient", p, NdArrays.named(gradients, p.name()), c.gradients, 1e-8);
                }
            }
        }
    }

    @Test
    void everyGradientIsThatOfFiniteDifferences() throws IOException {
        checkByFiniteDifferences(
                cases()[0],
                List.of(
                        "trunk.conv1.weight",
                        "trunk.layer1.1.bn2.weight",
                        "branches.1.layer4.0.downsample.0.weight",
                        "branches.2.layer3.1.bn1.bias",
                        "reductions.p3_1.0.weight",
                        "classifiers.g2.weight",
                        "classifiers.p2_0.bias"));
        checkByFiniteDifferences(
                cases()[2],
                List.of("pools.p3_1.p", "necks.g2.weight", "trunk.layer2.1.bn1.IN.bias", "classifiers.g1.weight"));
    }

    private static void checkByFiniteDifferences(Case c, List<String> names) throws IOException {
        try (Trainer trainer = trainer(c, Layout.NHWC, DataType.DOUBLE)) {
            Map<String, INDArray> gradients = new LinkedHashMap<>();
            trainer.gradients().forEach((name, gradient) -> gradients.put(name, gradient.dup()));
            double step = 1e-6;
            for (String name : names) {
                INDArray weight = trainer.array(name);
                long middle = weight.length() / 2;
                double original = weight.getDouble(middle);
                weight.putScalar(middle, original + step);
                double above = trainer.losses().total();
                weight.putScalar(middle, original - step);
                double below = trainer.losses().total();
                weight.putScalar(middle, original);
                assertThat(NdArrays.named(gradients, name).getDouble(middle))
                        .as(name)
                        .isCloseTo((above - below) / (2 * step), within(1e-6));
            }
        }
    }

    private static void check(
            String what, Parameter p, INDArray array, Map<String, List<Double>> all, double tolerance) {
        assertThat(distance(p, array, NdArrays.named(all, p.name()), 1))
                .as(what + " of " + p.name())
                .isLessThan(tolerance);
    }

    /** The largest difference of the norm and of four entries, relative to the norm or to {@code least} if that is larger. */
    static double distance(Parameter p, INDArray array, List<Double> wanted, double least) {
        double[] values = pytorchOrder(p, array);
        double norm = Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
        double distance = Math.abs(norm - wanted.get(0));
        for (int i = 0; i < 4; i++) {
            double found = values[(int) (i * (values.length - 1L) / 3)];
            distance = Math.max(distance, Math.abs(found - wanted.get(i + 1)));
        }
        return distance / Math.max(least, wanted.get(0));
    }

    private static double[] pytorchOrder(Parameter p, INDArray array) {
        INDArray ordered = switch (p.kind()) {
            case CONV_WEIGHT -> array.permute(3, 2, 0, 1);
            case LINEAR_WEIGHT -> array.permute(1, 0);
            default -> array;
        };
        assertThat(NdTensors.toTensor(p.kind(), array).shape())
                .as(p.name())
                .containsExactly(p.shape().stream().mapToInt(Integer::intValue).toArray());
        return ordered.dup('c').data().asDouble();
    }
}
