package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@SuppressWarnings("ArrayRecordComponent") // never compared
class OptimizerTest {
    private record Options(
            double momentum,
            @SerializedName("weight_decay") double weightDecay,
            double @Nullable [] betas,
            double eps,
            boolean amsgrad) {}

    private record Step(double[][] weightGradient, double[] biasGradient, double[][] weight, double[] bias) {}

    private record Case(
            String kind, double[] lrs, Options options, double[][] weight, double[] bias, List<Step> steps) {
        Optimizer optimizer() {
            double[] betas = options.betas;
            OptimizerSettings settings = betas == null
                    ? new OptimizerSettings(
                            OptimizerSettings.Kind.SGD, options.momentum, options.weightDecay, 0.9, 0.9, 1, false)
                    : new OptimizerSettings(
                            OptimizerSettings.Kind.ADAM,
                            0,
                            options.weightDecay,
                            betas[0],
                            betas[1],
                            options.eps,
                            options.amsgrad);
            return settings.create(ParameterGroups.standard());
        }

        Map<String, INDArray> parameters(DataType type) {
            return arrays(weight, bias, type);
        }
    }

    static Case[] pytorch() throws Exception {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(OptimizerTest.class.getResourceAsStream("/optimizer-fixtures.json")),
                StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Case[].class);
        }
    }

    private static Map<String, INDArray> arrays(double[][] weight, double[] bias, DataType type) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("weight", Nd4j.createFromArray(weight).castTo(type));
        arrays.put("bias", Nd4j.createFromArray(bias).castTo(type));
        return arrays;
    }

    @ParameterizedTest
    @MethodSource("pytorch")
    void isPyTorchs(Case c) {
        for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
            Map<String, INDArray> parameters = c.parameters(type);
            try (Optimizer optimizer = c.optimizer()) {
                for (int i = 0; i < c.lrs.length; i++) {
                    Step step = c.steps.get(i);
                    optimizer.step(parameters, arrays(step.weightGradient, step.biasGradient, type), c.lrs[i]);
                    assertEqual(
                            parameters, arrays(step.weight, step.bias, type), type == DataType.DOUBLE ? 1e-13 : 2e-6);
                }
                assertThat(optimizer.steps()).isEqualTo(c.lrs.length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pytorch")
    void goesOnFromASavedState(Case c) {
        Map<String, INDArray> parameters = c.parameters(DataType.DOUBLE);
        Optimizer first = c.optimizer();
        for (int i = 0; i < c.lrs.length; i++) {
            Step step = c.steps.get(i);
            Optimizer next = c.optimizer();
            next.restore(first.steps(), first.state());
            first.close();
            next.step(parameters, arrays(step.weightGradient, step.biasGradient, DataType.DOUBLE), c.lrs[i]);
            first = next;
        }
        Step last = c.steps.get(c.steps.size() - 1);
        assertEqual(parameters, arrays(last.weight, last.bias, DataType.DOUBLE), 1e-13);
        first.close();
    }

    @Test
    void takesGradientsInFortranOrder() throws Exception {
        Case c = pytorch()[0];
        Map<String, INDArray> parameters = c.parameters(DataType.DOUBLE);
        Step step = c.steps.get(0);
        Map<String, INDArray> gradients = arrays(step.weightGradient, step.biasGradient, DataType.DOUBLE);
        gradients.replaceAll((name, array) -> array.dup('f'));
        try (Optimizer optimizer = c.optimizer()) {
            optimizer.step(parameters, gradients, c.lrs[0]);
        }
        assertEqual(parameters, arrays(step.weight, step.bias, DataType.DOUBLE), 1e-13);
    }

    @Test
    void groupsChangeRateAndDecay() {
        List<Parameter> parameters = NetworkSummary.of(MgnSpec.mgn(2)).parameters();
        ParameterGroup frozen = new ParameterGroup("frozen", 0, 1);
        ParameterGroup fast = new ParameterGroup("fast", 10, 0);
        ParameterGroups groups =
                ParameterGroups.by(parameters, p -> p.section() == Parameter.Section.BACKBONE ? frozen : fast);
        Map<String, INDArray> weights = new LinkedHashMap<>();
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        for (String name : List.of("trunk.conv1.weight", "classifiers.g1.weight")) {
            weights.put(name, Nd4j.create(new double[] {1, 2}));
            gradients.put(name, Nd4j.create(new double[] {1, 1}));
        }
        try (Sgd sgd = new Sgd(0, 0.5, groups)) {
            sgd.step(weights, gradients, 0.01);
        }
        assertThat(NdArrays.named(weights, "trunk.conv1.weight").toDoubleVector())
                .containsExactly(1, 2);
        assertThat(NdArrays.named(weights, "classifiers.g1.weight").toDoubleVector())
                .containsExactly(new double[] {0.9, 1.9}, within(1e-15));
        assertThatThrownBy(() -> new ParameterGroup("odd", -1, 1))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("odd");
    }

    private static void assertEqual(Map<String, INDArray> found, Map<String, INDArray> wanted, double tolerance) {
        wanted.forEach((name, array) -> assertThat(
                        NdArrays.named(found, name).dup('c').data().asDouble())
                .as(name)
                .containsExactly(array.data().asDouble(), within(tolerance)));
    }
}
