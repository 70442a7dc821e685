package io.github.mgn4j.samediff.internal.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.fixtures.RandomModels;
import io.github.mgn4j.fixtures.RandomSpecs;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.samediff.internal.InferenceGraph;
import io.github.mgn4j.samediff.internal.TrainingGraph;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** A plan's results are SameDiff's, up to the order of sums. */
class GraphPlanTest {
    /** Random specs, shrunk to what a test can run. */
    private static MgnSpec small(int seed) {
        Random random = new Random(seed);
        while (true) {
            MgnSpec spec = RandomSpecs.next(random);
            int[] heights = {96, 192};
            for (int height : heights) {
                try {
                    return spec.toBuilder()
                            .backbone(
                                    spec.backbone().depth() == 101
                                            ? 50
                                            : spec.backbone().depth(),
                                    1.0 / 16)
                            .input(height, 32 + random.nextInt(20))
                            .embedding(Math.min(spec.embedding(), 8))
                            .classes(3)
                            .build();
                } catch (IllegalArgumentException e) {
                    // its stripes do not divide this height
                }
            }
        }
    }

    private static long[] imageShape(MgnSpec spec, int batch) {
        return new long[] {batch, spec.input().height(), spec.input().width(), 3};
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void inferenceIsSameDiffs(int seed) {
        MgnSpec spec = small(seed);
        try (InferenceGraph graph = InferenceGraph.of(RandomModels.of(spec, seed), Layout.NHWC);
                GraphPlan plan = GraphPlan.of(
                        graph.sd(),
                        Map.of(InferenceGraph.IMAGES, imageShape(spec, 2)),
                        List.of(InferenceGraph.FEATURES))) {
            for (int run = 0; run < 3; run++) {
                INDArray images = Nd4j.rand(DataType.FLOAT, imageShape(spec, 2));
                INDArray expected = graph.sd()
                        .output(Map.of(InferenceGraph.IMAGES, images), InferenceGraph.FEATURES)
                        .get(InferenceGraph.FEATURES);
                plan.input(InferenceGraph.IMAGES).assign(images);
                plan.run();
                assertThat(plan.output(InferenceGraph.FEATURES)).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, true, xw_plus_b",
        "2, 1, 1, true, conv2d", // more than 1024 pixels
        "1, 1, 2, true, conv2d",
        "1, 3, 1, true, conv2d",
        "1, 1, 1, false, conv2d"
    })
    void pointwiseConvolutionsOfFewPixelsAreProducts(int batch, int kernel, int stride, boolean bias, String op) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 32, 32, 8);
        SDVariable weight = sd.constant("w", Nd4j.randn(DataType.FLOAT, kernel, kernel, 8, 12));
        SDVariable row = sd.constant("b", Nd4j.randn(DataType.FLOAT, 12));
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(kernel)
                .kW(kernel)
                .sH(stride)
                .sW(stride)
                .paddingMode(PaddingMode.VALID)
                .dataFormat(Conv2DConfig.NHWC)
                .weightsFormat(WeightsFormat.YXIO)
                .build();
        SDVariable y =
                bias ? sd.cnn().conv2d("y", x, weight, row, config) : sd.cnn().conv2d("y", x, weight, config);
        INDArray input = Nd4j.randn(DataType.FLOAT, batch, 32, 32, 8);
        INDArray expected = y.eval(Map.of("x", input));
        try (GraphPlan plan = GraphPlan.of(sd, Map.of("x", input.shape()), List.of("y"))) {
            plan.input("x").assign(input);
            assertThat(plan.profile()).containsOnlyKeys(op);
            assertThat(plan.output("y").shape()).isEqualTo(expected.shape());
            assertThat(plan.output("y").equalsWithEps(expected, 1e-5)).isTrue();
        }
    }

    /** A network with a loss, its gradient graph made. */
    private record Training(SameDiff sd, List<String> parameters) {
        static Training of(MgnSpec spec, int seed, DataType type) {
            TrainingGraph graph = TrainingGraph.of(RandomModels.of(spec, seed), 3, Layout.NHWC, type);
            SameDiff sd = graph.sd();
            SDVariable loss = sd.constant(Nd4j.scalar(type, 0));
            for (TrainingGraph.Head head : graph.heads().values()) {
                loss = loss.add(sd.nn()
                        .softmax(head.logits())
                        .get(SDIndex.all(), SDIndex.interval(0, 1))
                        .sum());
                loss = loss.add(head.reduced().mul(head.reduced()).mean());
            }
            loss.rename("loss");
            sd.setLossVariables("loss");
            List<String> parameters = sd.variables().stream()
                    .filter(v -> v.getVariableType() == VariableType.VARIABLE)
                    .map(SDVariable::name)
                    .toList();
            sd.createGradFunction(parameters.toArray(new String[0]));
            return new Training(sd, parameters);
        }

        GraphPlan plan(MgnSpec spec) {
            List<String> wanted = new ArrayList<>(List.of("loss"));
            parameters.forEach(p -> wanted.add(p + "-grad"));
            return GraphPlan.of(sd.getFunction("grad"), Map.of(TrainingGraph.IMAGES, imageShape(spec, 3)), wanted);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 12, 13, 14})
    void gradientsAreSameDiffs(int seed) {
        MgnSpec spec = small(seed);
        Training training = Training.of(spec, seed, DataType.DOUBLE);
        SameDiff sd = training.sd;
        List<String> parameters = training.parameters;
        try (GraphPlan plan = training.plan(spec)) {
            for (int run = 0; run < 2; run++) {
                INDArray images = Nd4j.rand(DataType.DOUBLE, imageShape(spec, 3));
                OutAndGrad expected = sd.calculateGradientsAndOutputs(
                        Map.of(TrainingGraph.IMAGES, images), List.of("loss"), parameters);
                plan.input(TrainingGraph.IMAGES).assign(images);
                plan.run();
                assertThat(plan.output("loss").getDouble(0))
                        .isEqualTo(expected.getOutputs().get("loss").getDouble(0));
                for (String parameter : parameters) {
                    INDArray gradient = expected.getGradients().get(parameter);
                    // A shift that the next batch norm removes (a stem without ReLU) has a gradient of rounding alone.
                    double scale = gradient.norm2Number().doubleValue() + 1e-3;
                    double distance = gradient.distance2(plan.output(parameter + "-grad"));
                    assertThat(distance / scale).as(parameter).isLessThan(1e-9);
                }
                // A step of training: the next run has to see it.
                INDArray some = sd.getVariable(parameters.get(0)).getArr();
                some.subi(plan.output(parameters.get(0) + "-grad").mul(0.01));
            }
        }
    }

    @Test
    void valuesThatShareMemoryAreNeverAliveTogether() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 4, 4);
        // Each result is read again later, so nothing may be overwritten in place too early.
        SDVariable a = sd.nn().relu(x, 0);
        SDVariable b = a.add(1);
        SDVariable c = sd.reshape(b, 16).add(sd.reshape(a, 16));
        SDVariable d = sd.reshape(c, 4, 4).mul(b).add(a);
        SDVariable y = d.add("y", x);
        INDArray input = Nd4j.rand(DataType.FLOAT, 4, 4).subi(0.5);
        INDArray expected =
                sd.output(Map.of("x", input), "y", a.name()).get("y").dup();
        try (GraphPlan plan = GraphPlan.of(sd, Map.of("x", new long[] {4, 4}), List.of(y.name(), a.name()))) {
            plan.input("x").assign(input);
            for (int run = 0; run < 3; run++) {
                plan.run();
                assertThat(plan.output("y")).isEqualTo(expected);
            }
        }
    }

    @Test
    void memoryIsReused() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 1000, 1000);
        SDVariable y = x;
        for (int i = 0; i < 50; i++) {
            y = sd.mmul(y, sd.constant(Nd4j.eye(1000)));
        }
        try (GraphPlan plan = GraphPlan.of(sd, Map.of("x", new long[] {1000, 1000}), List.of(y.name()))) {
            // the input, and two arrays in turn
            assertThat(plan.bytes()).isLessThanOrEqualTo(3 * 4_000_000L);
        }
    }

    @Test
    void whatCannotBePlannedIsNamed() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4);
        x.add("y", 1);
        assertThatThrownBy(() -> GraphPlan.of(sd, Map.of(), List.of("y")))
                .isInstanceOf(PlanException.class)
                .hasMessage("placeholder 'x' has no shape");
        assertThatThrownBy(() -> GraphPlan.of(sd, Map.of("x", new long[] {-1, 4}), List.of("y")))
                .hasMessage("placeholder 'x' needs a fixed shape, not [-1, 4]");
        assertThatThrownBy(() -> GraphPlan.of(sd, Map.of("x", new long[] {2, 4}), List.of("z")))
                .hasMessage("the graph has no variable 'z'");
        SDVariable[] distinct = sd.math().listDiff(x, sd.constant(Nd4j.ones(DataType.FLOAT, 4)));
        assertThatThrownBy(() -> GraphPlan.of(sd, Map.of("x", new long[] {2, 4}), List.of(distinct[0].name())))
                .isInstanceOf(PlanException.class)
                .hasMessageContaining("(listdiff) has a result whose shape depends on values");
        try (GraphPlan plan = GraphPlan.of(sd, Map.of("x", new long[] {2, 4}), List.of("y"))) {
            assertThatThrownBy(() -> plan.input("w")).hasMessageContaining("no placeholder 'w'");
            assertThatThrownBy(() -> plan.output("w")).hasMessageContaining("'w' is not an output");
        }
    }

    @Test
    void runsTakeNoMemory() {
        MgnSpec spec = small(1);
        try (InferenceGraph graph = InferenceGraph.of(RandomModels.of(spec, 1), Layout.NHWC);
                GraphPlan plan = GraphPlan.of(
                        graph.sd(),
                        Map.of(InferenceGraph.IMAGES, imageShape(spec, 2)),
                        List.of(InferenceGraph.FEATURES))) {
            plan.run();
            long before = Pointer.totalBytes();
            for (int i = 0; i < 100; i++) {
                plan.run();
            }
            assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before); // less where others' arrays are collected
        }
    }

    @Test
    @Tag("slow")
    @EnabledOnOs(OS.LINUX)
    void residentMemoryIsFlat() throws IOException {
        MgnSpec spec = MgnSpec.builder()
                .backbone(18, 1.0 / 16)
                .input(96, 48)
                .embedding(16)
                .classes(4)
                .build();
        Training training = Training.of(spec, 2, DataType.FLOAT);
        INDArray images = Nd4j.rand(DataType.FLOAT, imageShape(spec, 3));
        List<Long> resident = new ArrayList<>();
        for (int plans = 0; plans < 20; plans++) {
            try (GraphPlan plan = training.plan(spec)) {
                for (int run = 0; run < 100; run++) {
                    plan.input(TrainingGraph.IMAGES).assign(images);
                    plan.run();
                }
            }
            System.gc();
            resident.add(residentKilobytes());
        }
        System.out.println("resident kB after every plan of 100 runs: " + resident);
        // The least of some: the heap grows and shrinks meanwhile. The first plans warm up the JVM and the allocators.
        long early = Collections.min(resident.subList(5, 10));
        long late = Collections.min(resident.subList(15, 20));
        assertThat(late - early).isLessThan(10_000);
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shapesAreThoseOfTheGraph() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4);
        SDVariable y = sd.reshape("y", x, 2, -1);
        try (GraphPlan plan = GraphPlan.of(sd, Map.of("x", new long[] {6, 4}), List.of(y.name()))) {
            assertThat(Arrays.toString(plan.output("y").shape())).isEqualTo("[2, 12]");
            plan.input("x").assign(Nd4j.arange(24).reshape(6, 4));
            plan.run();
            assertThat(plan.output("y").getDouble(1, 0)).isEqualTo(12);
        }
    }
}
