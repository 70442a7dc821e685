package io.github.mgn4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Five steps of SGD in float32 against PyTorch's in float64 (tools/reference/make_full_training_fixtures.py, which says
 * why batch norms are raised and channels cut): 4 identities x 4 images through a tiny network, and through the paper's at full size.
 */
class FloatParityTest {
    private static final int P = 4;
    private static final int K = 4;
    private static final int STEPS = 5;
    /** Of the norms of weights that errors are relative to. */
    private static final double FLOOR = 1e-2;

    /** How far PyTorch's own float32 lies from its float64. */
    private record Distance(List<Double> loss, double gradient, Map<String, Double> weights) {}

    private record Case(
            double width,
            int embedding,
            List<Integer> input,
            double rate,
            Map<String, List<Integer>> cut,
            List<Map<String, Double>> losses,
            Map<String, List<Double>> gradients,
            Map<String, Map<String, List<Double>>> weights,
            @SerializedName("float32_distance") Distance float32) {
        MgnSpec spec() {
            return MgnSpec.builder()
                    .backbone(50, width)
                    .input(input.get(0), input.get(1))
                    .embedding(embedding)
                    .classes(P)
                    .build();
        }

        /**
         * What a gradient's error is relative to. What a raised bias adds, the next batch norm takes out again: its gradient
         * is a small rest of large sums, so it is measured against the gradients of its batch norm together.
         */
        double scale(Parameter p) {
            double norm = NdArrays.named(gradients, p.name()).get(0);
            return p.kind() == Parameter.Kind.NORM_BIAS
                    ? Math.hypot(
                            norm,
                            NdArrays.named(gradients, p.name().replaceAll("bias$", "weight"))
                                    .get(0))
                    : norm;
        }
    }

    private static Case[] cases() throws IOException {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(FloatParityTest.class.getResourceAsStream("/training-full.json")),
                StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, Case[].class);
        }
    }

    @ParameterizedTest(name = "with kernels: {0}")
    @ValueSource(booleans = {true, false})
    void aTinyNetworkTrainsAsInPyTorch(boolean kernels) throws IOException {
        trainsAsInPyTorch(cases()[0], kernels);
    }

    @ParameterizedTest(name = "with kernels: {0}")
    @ValueSource(booleans = {true, false})
    @Tag("slow")
    void thePapersNetworkTrainsAsInPyTorch(boolean kernels) throws IOException {
        Case full = cases()[1];
        assertThat(full.spec()).isEqualTo(MgnSpec.mgn(P));
        trainsAsInPyTorch(full, kernels);
    }

    private static void trainsAsInPyTorch(Case c, boolean kernels) throws IOException {
        MgnSpec spec = c.spec();
        Recipe recipe = Recipe.builder().p(P).k(K).iterations(STEPS).lr(c.rate).build();
        List<Parameter> parameters = NetworkSummary.of(spec).parameters();
        MemoryBatches batches = new MemoryBatches(
                spec,
                P,
                K,
                Layout.NHWC,
                normalised(spec.input().height(), spec.input().width()));
        Model start = ReferenceWeights.withMargins(spec, c.cut);
        TrainerBuilder builder = Trainer.builder(recipe, batches);
        try (Trainer trainer = (kernels ? builder : builder.withoutKernels()).start(start)) {
            Map<String, INDArray> gradients = trainer.gradients();
            double farthest = 0;
            for (Parameter p : parameters) {
                if (p.trainable()) {
                    double distance = PyTorchParityTest.distance(
                            p, NdArrays.named(gradients, p.name()), NdArrays.named(c.gradients, p.name()), c.scale(p));
                    assertThat(distance).as("gradient of " + p.name()).isLessThan(1e-3);
                    farthest = Math.max(farthest, distance);
                }
            }
            System.out.printf("with kernels: %s%n", kernels);
            System.out.printf("gradients: here %.1e, PyTorch in float32 %.1e%n", farthest, c.float32.gradient);
            for (int step = 1; step <= STEPS; step++) {
                StepReport report = trainer.step();
                // Five steps take the triplet terms from 3.5 to 0.03: rounding grows with them, in PyTorch as here.
                double near = step == 1 ? 1e-4 : 5e-3;
                double off = 0;
                for (Map.Entry<String, Double> term : c.losses.get(step - 1).entrySet()) {
                    double found = Objects.requireNonNull(report.terms().get(term.getKey()));
                    off = Math.max(off, Math.abs(found - term.getValue()));
                    assertThat(found)
                            .as("step " + step + " " + term.getKey())
                            .isCloseTo(term.getValue(), within(near * Math.max(1, term.getValue())));
                }
                System.out.printf(
                        "losses of step %d: here %.1e, PyTorch in float32 %.1e%n",
                        step, off, c.float32.loss.get(step - 1));
                checkWeights(c, step, trainer, parameters);
            }
            assertThat(trainer.profile().containsKey("batch_norm")).isEqualTo(kernels);
        }
    }

    private static void checkWeights(Case c, int step, Trainer trainer, List<Parameter> parameters) {
        Map<String, List<Double>> wanted = c.weights.get(String.valueOf(step));
        if (wanted == null) {
            return;
        }
        double farthest = 0;
        for (Parameter p : parameters) {
            double distance =
                    PyTorchParityTest.distance(p, trainer.array(p.name()), NdArrays.named(wanted, p.name()), FLOOR);
            assertThat(distance).as("step " + step + " of " + p.name()).isLessThan(1e-4);
            farthest = Math.max(farthest, distance);
        }
        System.out.printf(
                "weights and statistics after step %d: here %.1e, PyTorch in float32 %.1e%n",
                step, farthest, NdArrays.named(c.float32.weights, String.valueOf(step)));
    }

    /** The formula's pixels as the network sees them. */
    private static float[] normalised(int height, int width) {
        double[] mean = {0.485, 0.456, 0.406};
        double[] deviation = {0.229, 0.224, 0.225};
        byte[] pixels = ReferenceWeights.pixels(P * K, height, width);
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            int channel = i / (height * width) % 3;
            values[i] = (float) (((pixels[i] & 0xff) / 255.0 - mean[channel]) / deviation[channel]);
        }
        return values;
    }
}
