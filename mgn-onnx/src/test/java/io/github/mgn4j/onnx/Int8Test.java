package io.github.mgn4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.Int8Weights;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The structure of a file in 8 bits; the command's tests look how near its features are. */
class Int8Test {
    private static final MgnSpec SPEC = TestNetworks.tiny(50);
    private static final OnnxOptions UNSIGNED = OnnxOptions.DEFAULT.withPrecision(Precision.INT8);
    private static final OnnxOptions INT8 = UNSIGNED.withSymmetric(true);

    /** Every range is another. */
    private static Map<String, Float> bounds() {
        Map<String, Float> bounds = new TreeMap<>(Map.of("images", 3f));
        for (String name : backbone()) {
            bounds.put(name, 4f + bounds.size());
        }
        return bounds;
    }

    private static List<String> backbone() {
        return NetworkSummary.of(SPEC).convolutions().stream()
                .map(layer -> layer.name())
                .filter(name -> !name.startsWith("reductions."))
                .toList();
    }

    private static Model model(Map<String, Float> bounds) {
        Model plain = TestNetworks.model(SPEC);
        return new Model(plain.spec(), plain.weights(), new ActivationRanges(1, bounds));
    }

    @Test
    void everyMapOfTheBackboneIsRoundedWithTheRangeOfItsConvolution() throws IOException {
        Map<String, Float> bounds = bounds();
        for (OnnxInput input : OnnxInput.values()) {
            ProtoReader graph = graph(model(bounds), INT8.withInput(input));
            Map<String, Float> steps = steps(graph);
            Map<String, Float> found = new HashMap<>();
            for (ProtoReader node : graph.messages(1)) {
                if (node.text(4).equals("QuantizeLinear")) {
                    found.put(
                            node.texts(1).get(0), 127 * steps.get(node.texts(1).get(1)));
                }
            }
            assertThat(found).hasSize(bounds.size() + 1);
            assertThat(found)
                    .contains(
                            entry(input == OnnxInput.PIXELS ? "normalised" : "images", 3f),
                            entry("trunk.conv1.relu", bounds.get("trunk.conv1")),
                            entry("trunk.pool", bounds.get("trunk.conv1")));
            for (String name : backbone()) {
                String map = found.containsKey(name + ".relu") ? name + ".relu" : name;
                assertThat(found.get(map)).as(name).isEqualTo(bounds.get(name));
            }
        }
    }

    @Test
    void theBackbonesWeightsAreEightBitsAndTheReductionsFloats() throws IOException {
        Map<String, Long> formats = new HashMap<>();
        for (ProtoReader tensor : graph(model(bounds()), INT8).messages(5)) {
            if (tensor.numbers(1).size() == 4) {
                formats.put(tensor.text(8), tensor.number(2));
            }
        }
        assertThat(formats).hasSize(NetworkSummary.of(SPEC).convolutions().size());
        formats.forEach(
                (name, format) -> assertThat(format).as(name).isEqualTo(name.startsWith("reductions.") ? 1L : 3L));
        for (String name : backbone()) {
            assertThat(formats).containsKey(name + ".weight.int8");
        }
    }

    @Test
    void aSumIsMadeOfTheConvolutionItselfAndARoundedResidual() throws IOException {
        int sums = 0;
        List<String> convolutions = new ArrayList<>();
        for (ProtoReader node : graph(model(bounds()), INT8).messages(1)) {
            if (node.text(4).equals("Conv")) {
                convolutions.add(node.texts(2).get(0));
            } else if (node.text(4).equals("Add")) {
                sums++;
                assertThat(convolutions).contains(node.texts(1).get(0));
                assertThat(node.texts(1).get(1)).endsWith(".rounded");
            }
        }
        assertThat(sums).isEqualTo(8 + 3 * 8);
    }

    @Test
    void unsignedMapsHaveTwiceTheStepsBehindAReluAndSumsAreOfRoundedMaps() throws IOException {
        Map<String, Float> bounds = bounds();
        ProtoReader graph = graph(model(bounds), UNSIGNED);
        Map<String, Float> steps = steps(graph);
        Map<String, Integer> zeros = new HashMap<>();
        for (ProtoReader tensor : graph.messages(5)) {
            if (tensor.number(2) == 2) {
                zeros.put(tensor.text(8), tensor.bytes(9).get() & 0xff);
            }
        }
        int sums = 0;
        Map<String, Float> found = new HashMap<>();
        for (ProtoReader node : graph.messages(1)) {
            List<String> inputs = node.texts(1);
            if (node.text(4).equals("QuantizeLinear")) {
                boolean signed = zeros.get(inputs.get(2)) == 128;
                assertThat(zeros.get(inputs.get(2))).isIn(0, 128);
                assertThat(signed).as(inputs.get(0)).isEqualTo(!inputs.get(0).matches(".*(relu|pool)"));
                found.put(inputs.get(0), (signed ? 127 : 255) * steps.get(inputs.get(1)));
            } else if (node.text(4).equals("Add")) {
                sums++;
                assertThat(inputs).allMatch(name -> name.endsWith(".rounded"));
            }
        }
        assertThat(sums).isEqualTo(8 + 3 * 8);
        for (String name : backbone()) {
            boolean summed = name.endsWith("conv3");
            if (!name.contains("downsample")) {
                assertThat(found.get(name + ".relu")).as(name).isEqualTo(bounds.get(name));
            }
            assertThat(found.containsKey(name)).as(name).isEqualTo(summed || name.contains("downsample"));
            assertThat(!summed || found.get(name) >= bounds.get(name)).as(name).isTrue();
        }
    }

    @Test
    void weightsAreRoundedByChannel() {
        float[] weights = {0.5f, -1f, 0.25f, 0, 0, 0, 300, -2, 1};
        assertThat(Int8Weights.rounded(weights, 3)).containsExactly(64, -127, 32, 0, 0, 0, 127, -1, 0);
        assertThat(Int8Weights.scales(weights, 3)).containsExactly(1f / 127, 1, 300f / 127);
    }

    @Test
    void aModelWithoutRangesIsRefused() {
        assertThatThrownBy(() -> graph(TestNetworks.model(SPEC), INT8))
                .isInstanceOf(OnnxException.class)
                .hasMessage("int8 needs a calibrated model, and this one has no activation ranges");
        Map<String, Float> bounds = bounds();
        bounds.remove("branches.1.layer4.0.conv2");
        assertThatThrownBy(() -> graph(model(bounds), INT8))
                .isInstanceOf(WeightsException.class)
                .hasMessage("the model has no activation range for 'branches.1.layer4.0.conv2': calibrate it again");
    }

    /** The values of the scales, which have no shape. */
    private static Map<String, Float> steps(ProtoReader graph) {
        Map<String, Float> steps = new HashMap<>();
        for (ProtoReader tensor : graph.messages(5)) {
            if (tensor.number(2) == 1 && tensor.numbers(1).isEmpty()) {
                steps.put(
                        tensor.text(8),
                        tensor.bytes(9).order(ByteOrder.LITTLE_ENDIAN).getFloat());
            }
        }
        return steps;
    }

    private static ProtoReader graph(Model model, OnnxOptions options) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OnnxExporter.write(model, options, out);
        return new ProtoReader(out.toByteArray()).message(7);
    }
}
