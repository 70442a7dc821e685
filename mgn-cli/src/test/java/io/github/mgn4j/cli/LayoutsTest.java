package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.checkpoint.ImportOptions;
import io.github.mgn4j.checkpoint.ImportedModel;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.checkpoint.Safetensors;
import io.github.mgn4j.checkpoint.WeightImporter;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.spec.Variant;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Public networks of other key names, imported and run by every engine, against PyTorch. The fixtures hold names, shapes
 * and features; both sides fill the tensors by one formula (tools/reference/make_layout_fixtures.py).
 */
class LayoutsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fastreid-mgn-a",
                "fastreid-mgn-a-ibn",
                "fastreid-mgn-b",
                "fastreid-mgn-b-ibn",
                "fastreid-mgn-c",
                "fastreid-mgn-c-ibn",
                "fastreid-bot-a",
                "fastreid-bot-c",
                "fastreid-bot-c-reduced",
                "strong-baseline",
                "strong-baseline-ibn",
                "torchreid",
                "torchreid-fc512",
                "torchreid-pcb",
                "layumi",
                "layumi-pcb"
            })
    void featuresArePyTorchsInEveryEngine(String name) throws IOException {
        JsonObject fixture = fixture(name);
        Path file = folder.resolve(name + ".safetensors");
        Safetensors.write(file, tensors(fixture), Map.of());
        ImportedModel imported = WeightImporter.read(file, ImportOptions.defaults());
        assertThat(name).startsWith(imported.layout().label());
        assertThat(imported.fresh()).isEmpty();
        JsonArray input = fixture.getAsJsonArray("input");
        assertThat(imported.model().spec().input().height())
                .isEqualTo(input.get(0).getAsInt());
        assertThat(imported.model().spec().input().width())
                .isEqualTo(input.get(1).getAsInt());
        // The model file keeps what the import found.
        ModelFile.save(folder.resolve("model.safetensors"), imported.model());
        Model model = ModelFile.load(folder.resolve("model.safetensors"));
        assertThat(model.spec()).isEqualTo(imported.model().spec());
        assertThat(model.preprocessing()).isEqualTo(imported.model().preprocessing());

        double[] expected = floats(fixture.getAsJsonArray("features"));
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        List<String> engines = new ArrayList<>();
        for (EngineProvider provider : Engines.providers()) {
            if (provider.available()
                    && provider.refusal(model.spec(), Precision.FP32).isEmpty()) {
                engines.add(provider.name());
                float[] found = run(provider, model);
                assertThat(found).hasSize(expected.length);
                for (int i = 0; i < found.length; i++) {
                    assertThat(Math.abs(found[i] - expected[i]))
                            .as("%s, value %s", provider.name(), i)
                            .isLessThan(1e-4 * largest);
                }
            }
        }
        assertThat(engines).contains("onednn", "onnx", "samediff");
    }

    @Test
    void theMeanAndDeviationOfTheFileAreTheModels() throws IOException {
        Map<String, Tensor> tensors = tensors(fixture("fastreid-bot-a"));
        Path file = folder.resolve("bot.safetensors");
        Safetensors.write(file, tensors, Map.of());
        Model model = WeightImporter.load(file, ImportOptions.defaults());
        float mean = Objects.requireNonNull(tensors.get("pixel_mean")).get(2);
        float deviation = Objects.requireNonNull(tensors.get("pixel_std")).get(1);
        assertThat(model.preprocessing().mean().get(2)).isEqualTo(mean / 255);
        assertThat(model.preprocessing().standardDeviation().get(1)).isEqualTo(deviation / 255);
        assertThat(model.preprocessing().flip()).isFalse();
    }

    @Test
    void theCommandSaysWhatItTookTheFileForAndInfoShowsIt() throws IOException {
        Workshop workshop = Workshop.in(folder);
        Safetensors.write(workshop.path("bot.safetensors"), tensors(fixture("fastreid-bot-a")), Map.of());
        Workshop.Call call = workshop.mgn(
                        "import", "--from", "@bot.safetensors", "--out", "@m.safetensors", "--input", "192x64")
                .ok();
        assertThat(call.err())
                .contains("layout fastreid-bot", "left out: pixel_mean (1 tensors), pixel_std (1 tensors)");
        String info = workshop.mgn("info", "@m.safetensors").ok().out();
        assertThat(info)
                .contains("input      192x64", "variants   bn_neck, no_classifier_bias", "images     bicubic, mean [")
                .contains("without the mirror", "imported from bot.safetensors (layout fastreid-bot)");
        String json = workshop.mgn("info", "@m.safetensors", "--json", "-").ok().out();
        JsonObject shown = JsonParser.parseString(json).getAsJsonObject();
        assertThat(shown.getAsJsonObject("preprocessing").get("interpolation").getAsString())
                .isEqualTo("bicubic");
        assertThat(workshop.mgn("import", "--from", "@bot.safetensors", "--out", "@n.safetensors", "--input", "192")
                        .err())
                .contains("--input must be HxW in pixels, such as 384x128, not '192'");
    }

    /** Runs one image; the extractor's scaling of the parts, which an engine leaves to it, follows. */
    private static float[] run(EngineProvider provider, Model model) {
        int height = model.spec().input().height();
        int width = model.spec().input().width();
        float[] planes = ReferenceWeights.images(1, height, width);
        try (Engine engine = provider.open(model, new EngineOptions(Precision.FP32, 1))) {
            float[] images = new float[planes.length];
            int pixels = height * width;
            for (int i = 0; i < images.length; i++) {
                images[i] = planes[engine.inputLayout() == Layout.NCHW ? i : i % 3 * pixels + i / 3];
            }
            float[] features = new float[model.spec().featureLength()];
            engine.run(FloatBuffer.wrap(images), 1, FloatBuffer.wrap(features));
            scale(model, features);
            return features;
        }
    }

    private static void scale(Model model, float[] features) {
        boolean whole = model.spec().has(Variant.UNIT_FEATURE);
        if (!whole && !model.spec().has(Variant.UNIT_PARTS)) {
            return;
        }
        int length = model.spec().partLength();
        double share = whole ? Math.sqrt(features.length / (double) length) : 1;
        for (int part = 0; part < features.length; part += length) {
            double squares = 0;
            for (int i = part; i < part + length; i++) {
                squares += (double) features[i] * features[i];
            }
            for (int i = part; i < part + length; i++) {
                features[i] = (float) (features[i] / Math.sqrt(squares) / share);
            }
        }
    }

    private static JsonObject fixture(String name) throws IOException {
        try (Reader reader = new InputStreamReader(
                new GZIPInputStream(Objects.requireNonNull(
                        LayoutsTest.class.getResourceAsStream("/layouts/" + name + ".json.gz"), name)),
                StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(reader).getAsJsonObject();
        }
    }

    private static Map<String, Tensor> tensors(JsonObject fixture) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry :
                fixture.getAsJsonObject("tensors").entrySet()) {
            List<Integer> shape = entry.getValue().getAsJsonArray().asList().stream()
                    .map(JsonElement::getAsInt)
                    .toList();
            tensors.put(entry.getKey(), tensor(entry.getKey(), shape));
        }
        return tensors;
    }

    /** The formula's tensor; fast-reid's first release has one exponent under eight names. */
    private static Tensor tensor(String name, List<Integer> shape) {
        if (name.endsWith("_pool.0.p")) {
            return ReferenceWeights.tensor("b33_pool.0.p", 2, 4, shape);
        }
        if (name.endsWith(".p")) {
            return ReferenceWeights.tensor(name, 2, 4, shape);
        }
        if (name.equals("pixel_mean")) {
            return ReferenceWeights.tensor(name, 100, 140, shape);
        }
        if (name.equals("pixel_std")) {
            return ReferenceWeights.tensor(name, 50, 60, shape);
        }
        if (name.endsWith("running_mean") || name.endsWith("bias")) {
            return ReferenceWeights.tensor(name, -0.1, 0.1, shape);
        }
        if (shape.size() == 4 || shape.size() == 2) {
            int fan = shape.stream().skip(1).reduce(1, Math::multiplyExact);
            double bound = Math.sqrt((shape.size() == 4 ? 6.0 : 3.0) / fan);
            return ReferenceWeights.tensor(name, -bound, bound, shape);
        }
        boolean last = name.contains(".bn3.") && name.contains(".layer") && !name.endsWith("running_var");
        return last ? ReferenceWeights.tensor(name, 0.2, 0.4, shape) : ReferenceWeights.tensor(name, 0.75, 1.25, shape);
    }

    private static double[] floats(JsonArray values) {
        return values.asList().stream().mapToDouble(JsonElement::getAsDouble).toArray();
    }
}
