package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.Tensor;
import io.github.mgn4j.weights.Weights;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The paper's network at full size in float32 against PyTorch's float64 (tools/reference/make_full_training_fixtures.py,
 * which says why the batch norms are raised): 4 identities x 4 images, five steps of SGD.
 */
@Tag("slow")
class FullSizeParityTest {
    private static final int P = 4;
    private static final int K = 4;
    private static final float RAISE = 3;
    /** Of norms that errors are relative to: a batch norm takes out what the bias before it adds. */
    private static final double FLOOR = 1e-2;

    private record Fixture(
            List<Map<String, Double>> losses,
            Map<String, List<Double>> gradients,
            Map<String, Map<String, List<Double>>> weights) {}

    private static Fixture fixture() throws IOException {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(FullSizeParityTest.class.getResourceAsStream("/training-full.json")),
                StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Fixture.class);
        }
    }

    private static Model raised(MgnSpec spec) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Weights weights = FormulaModels.of(spec).weights();
        for (Parameter p : NetworkSummary.of(spec).parameters()) {
            float[] values = weights.get(p.name()).toArray();
            if (p.kind() == Parameter.Kind.NORM_BIAS) {
                for (int i = 0; i < values.length; i++) {
                    values[i] += RAISE;
                }
            }
            tensors.put(p.name(), Tensor.of(values, weights.get(p.name()).shape()));
        }
        return new Model(spec, Weights.of(tensors));
    }

    @Test
    void fiveStepsAreThoseOfPyTorch() throws IOException {
        Fixture fixture = fixture();
        MgnSpec spec = MgnSpec.mgn(P);
        Recipe recipe = Recipe.builder().p(P).k(K).iterations(5).build();
        List<Parameter> parameters = NetworkSummary.of(spec).parameters();
        MemoryBatches batches = new MemoryBatches(spec, P, K, Layout.NHWC);
        try (Trainer trainer = new Trainer(raised(spec), recipe, recipe.objective(spec), batches, DataType.FLOAT)) {
            Map<String, INDArray> gradients = trainer.gradients();
            for (Parameter p : parameters) {
                if (p.trainable()) {
                    PyTorchParityTest.check(
                            "gradient", p, Nd.named(gradients, p.name()), fixture.gradients(), 1e-3, FLOOR);
                }
            }
            for (int step = 1; step <= 5; step++) {
                StepReport report = trainer.step();
                double tolerance = step == 1 ? 1e-4 : 1e-3;
                fixture.losses()
                        .get(step - 1)
                        .forEach((term, value) -> assertThat(report.terms().get(term))
                                .as("step " + report.iteration() + " " + term)
                                .isCloseTo(value, within(tolerance * Math.max(1, value))));
                Map<String, List<Double>> weights = fixture.weights().get(String.valueOf(step));
                if (weights != null) {
                    for (Parameter p : parameters) {
                        PyTorchParityTest.check("step " + step, p, trainer.array(p.name()), weights, 1e-3, FLOOR);
                    }
                }
            }
        }
    }
}
