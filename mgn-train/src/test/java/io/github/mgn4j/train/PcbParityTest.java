package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.Pooling;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A tiny PCB trained here and by PyTorch (tools/reference/make_pcb_fixtures.py), both in float64 as in {@link
 * PyTorchParityTest}: softmax on each of six stripes, no triplet.
 */
class PcbParityTest {
    private static final int P = 3;
    private static final int K = 2;
    private static final MgnSpec PCB = MgnSpec.builder()
            .backbone(50, 1 / 16.0)
            .input(96, 48)
            .branches(Branch.part(6).withoutGlobal())
            .pooling(Pooling.AVG)
            .embedding(16)
            .classes(P)
            .build();

    private record Steps(
            List<Map<String, Double>> losses, Map<String, List<Double>> gradients, Map<String, List<Double>> weights) {}

    private static Steps wanted() throws IOException {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(PcbParityTest.class.getResourceAsStream("/pcb-training.json")),
                StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Steps.class);
        }
    }

    private static Trainer trainer() {
        Recipe recipe = Recipe.builder().p(P).k(K).iterations(3).build();
        return Trainer.builder(recipe, new MemoryBatches(PCB, P, K, Layout.NHWC))
                .type(DataType.DOUBLE)
                .start(ReferenceWeights.model(PCB));
    }

    @Test
    void everyGradientIsThatOfPyTorch() throws IOException {
        Steps wanted = wanted();
        try (Trainer trainer = trainer()) {
            Map<String, INDArray> gradients = trainer.gradients();
            int checked = 0;
            for (Parameter p : NetworkSummary.of(PCB).parameters()) {
                if (p.trainable()) {
                    check(p, NdArrays.named(gradients, p.name()), wanted.gradients, 1e-8);
                    checked++;
                }
            }
            assertThat(wanted.gradients).hasSize(checked);
        }
    }

    @Test
    void lossesWeightsAndRunningStatisticsAreThoseOfPyTorch() throws IOException {
        Steps wanted = wanted();
        try (Trainer trainer = trainer()) {
            for (Map<String, Double> losses : wanted.losses) {
                StepReport report = trainer.step();
                assertThat(report.terms()).containsOnlyKeys(losses.keySet());
                losses.forEach((term, value) ->
                        assertThat(report.terms().get(term)).as(term).isCloseTo(value, within(1e-9)));
                assertThat(report.triplet()).isZero();
            }
            List<Parameter> parameters = NetworkSummary.of(PCB).parameters();
            assertThat(wanted.weights).hasSameSizeAs(parameters);
            for (Parameter p : parameters) {
                check(p, trainer.array(p.name()), wanted.weights, 1e-9);
            }
        }
    }

    private static void check(Parameter p, INDArray array, Map<String, List<Double>> all, double tolerance) {
        assertThat(PyTorchParityTest.distance(p, array, NdArrays.named(all, p.name()), 1))
                .as(p.name())
                .isLessThan(tolerance);
    }
}
