package io.github.mgn4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.SpecJson;
import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
    private static final MgnSpec TINY = MgnSpec.builder()
            .backbone(50, 1 / 16.0)
            .input(96, 32)
            .embedding(8)
            .classes(3)
            .build();

    private static final VerificationThresholds THRESHOLDS = new VerificationThresholds(
            DistanceMetric.COSINE, false, "people", 3, 100, List.of(new Threshold(0.01, 4.5, 0.5)));

    @TempDir
    Path folder;

    /** Written before specs had variants, from the fixture of the same weights. */
    @Test
    void filesOfTheFirstSpecStayReadableAndAreWrittenAsTheyWere() throws IOException {
        Path file = TestFiles.resource(folder, "model-spec1.safetensors.gz");
        Model model = ModelFile.load(file);
        Model imported =
                WeightImporter.load(TestFiles.resource(folder, "mgn-pytorch.pth.gz"), ImportOptions.defaults());
        assertThat(model.spec()).isEqualTo(imported.spec());
        assertThat(model.preprocessing()).isEqualTo(Preprocessing.imageNet());
        Path again = folder.resolve("again.safetensors");
        ModelFile.save(again, model);
        assertThat(again).hasSameBinaryContentAs(file);
    }

    @Test
    void preprocessingIsKeptWhereItIsNotThePapers() throws IOException {
        Preprocessing own =
                new Preprocessing(List.of(0.5f, 0.25f, 0.125f), List.of(1f, 2f, 0.1f), Resampling.BICUBIC, false);
        Model model = WeightInit.initialise(TINY, 5);
        Path file = folder.resolve("m.safetensors");
        ModelFile.save(file, model.withPreprocessing(own));
        assertThat(ModelFile.load(file).preprocessing()).isEqualTo(own);
        assertThat(Safetensors.read(file).metadata())
                .containsEntry(
                        Preprocessing.METADATA_KEY,
                        "{\"mean\":[0.5,0.25,0.125],\"std\":[1.0,2.0,0.1],\"interpolation\":\"bicubic\",\"flip\":false}");
        Map<String, String> metadata =
                new LinkedHashMap<>(Safetensors.read(file).metadata());
        metadata.put(Preprocessing.METADATA_KEY, "{\"mean\":[0.5,0.25]}");
        Path bad = folder.resolve("bad.safetensors");
        Safetensors.write(bad, Safetensors.read(file).tensors(), metadata);
        assertThatThrownBy(() -> ModelFile.load(bad))
                .isInstanceOf(WeightsException.class)
                .hasMessage(bad + ": preprocessing has the keys [mean, std, interpolation, flip], not [mean]");
    }

    @Test
    void aModelComesBackAsItWas() throws IOException {
        Model model = WeightInit.initialise(TINY, 5);
        Path file = folder.resolve("m.safetensors");
        ModelFile.save(file, model);
        Model loaded = ModelFile.load(file);
        assertThat(loaded.spec()).isEqualTo(TINY);
        assertThat(loaded.weights().names())
                .containsExactlyElementsOf(model.weights().names());
        for (String name : model.weights().names()) {
            assertThat(loaded.weights().get(name).toArray())
                    .isEqualTo(model.weights().get(name).toArray());
        }
        Path again = folder.resolve("again.safetensors");
        ModelFile.save(again, loaded);
        assertThat(again).hasSameBinaryContentAs(file);
        assertThat(Safetensors.read(file).metadata()).containsEntry("mgn", SpecJson.write(TINY));
    }

    @Test
    void aModelCanReplaceTheFileItIsReadFrom() throws IOException {
        Path file = folder.resolve("m.safetensors");
        ModelFile.save(file, WeightInit.initialise(TINY, 5));
        Model loaded = ModelFile.load(file);
        byte[] before = Files.readAllBytes(file);
        ModelFile.save(file, loaded);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void errorsNameTheFileAndTheTensor() throws IOException {
        Path file = folder.resolve("m.safetensors");
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(WeightInit.initialise(TINY, 5).weights().asMap());
        Safetensors.write(file, tensors, Map.of());
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": no model file");

        Safetensors.write(file, tensors, Map.of("mgn", "{\"version\":1}"));
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(WeightsException.class)
                .hasMessage(file + ": spec key 'backbone' is missing");

        Map<String, String> metadata = Map.of("mgn", SpecJson.write(TINY));
        tensors.put("trunk.bn1.bias", Tensor.of(new float[6], 2, 3));
        Safetensors.write(file, tensors, metadata);
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(WeightsException.class)
                .hasMessage(file + ": tensor 'trunk.bn1.bias' has shape [2, 3], expected [4]");

        tensors.put("trunk.bn1.bias", Tensor.of(new float[4], 4));
        tensors.put("more", Tensor.of(new float[4], 4));
        Safetensors.write(file, tensors, metadata);
        assertThatThrownBy(() -> ModelFile.load(file))
                .hasMessage(file + ": tensor 'more' belongs to no parameter of the network");

        tensors.remove("more");
        tensors.remove("classifiers.p3_2.bias");
        Safetensors.write(file, tensors, metadata);
        assertThatThrownBy(() -> ModelFile.load(file))
                .hasMessage(file + ": tensor 'classifiers.p3_2.bias' is missing (shape [3] expected)");
    }

    @Test
    void otherFilesAreNamedWithWhatMakesAModelOfThem() throws IOException {
        Path checkpoint = TestFiles.resource(folder, "mgn-pytorch.pth.gz");
        assertNoModel(
                checkpoint,
                "a PyTorch checkpoint; a model file was expected ('mgn import --from " + checkpoint
                        + " --out MODEL' makes one of it)");
        Path legacy = TestFiles.resource(folder, "legacy.pth");
        assertNoModel(
                legacy,
                "a Python pickle, the format of PyTorch's checkpoints before 1.6; a model file was expected"
                        + " ('mgn import --from " + legacy + " --out MODEL' makes one of it)");
        Path pointer = Files.writeString(
                folder.resolve("pointer.safetensors"),
                "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0".repeat(64) + "\nsize 70351800\n");
        assertNoModel(
                pointer,
                "a Git LFS pointer, whose file was not fetched ('git lfs pull' does); a model file was expected");
        Path onnx = Files.write(folder.resolve("mgn.onnx"), new byte[] {8, 8, 0x12, 5, 'm', 'g', 'n', '4', 'j'});
        assertNoModel(
                onnx,
                "an ONNX network; a model file was expected ('mgn import' makes one of the PyTorch checkpoint that it"
                        + " came from)");
        Path image = Files.write(folder.resolve("a.jpg"), TestFiles.bytes("\u00ff\u00d8\u00ff\u00e0 and more"));
        assertNoModel(image, "a JPEG image; a model file was expected");
        assertThatThrownBy(() -> WeightImporter.load(pointer, ImportOptions.defaults()))
                .hasMessage(pointer + ": neither a PyTorch checkpoint nor a safetensors file, found a Git"
                        + " LFS pointer, whose file was not fetched ('git lfs pull' does)");
    }

    private static void assertNoModel(Path file, String message) {
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(WeightsException.class)
                .hasMessage(file + ": " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            trunk.conv1.weight | 3 | NaN | NaN at index [0, 0, 0, 3], expected a finite value
            branches.0.layer4.1.bn2.bias | 5 | Infinity | Infinity at index [5], expected a finite value
            classifiers.g1.weight | 0 | -Infinity | -Infinity at index [0, 0], expected a finite value
            trunk.bn1.running_var | 2 | -1 | -1.0 at index [2], expected a variance, finite and not below 0
            trunk.bn1.running_var | 3 | NaN | NaN at index [3], expected a variance, finite and not below 0
            reductions.p3_2.1.running_mean | 1 | NaN | NaN at index [1], expected a finite value
            """)
    void valuesThatNoNetworkCanHaveAreRefused(String name, int index, float value, String message) throws IOException {
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(WeightInit.initialise(TINY, 5).weights().asMap());
        Tensor sound = Objects.requireNonNull(tensors.get(name));
        float[] values = sound.toArray();
        values[index] = value;
        tensors.put(name, Tensor.of(values, sound.shape()));
        Path file = folder.resolve("m.safetensors");
        Safetensors.write(file, tensors, Map.of("mgn", SpecJson.write(TINY)));
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(WeightsException.class)
                .hasMessage(file + ": tensor '" + name + "' is " + message);
        assertThatThrownBy(() -> new Model(TINY, Weights.of(tensors)))
                .isInstanceOf(WeightsException.class)
                .hasMessage("tensor '" + name + "' is " + message);
    }

    @Test
    void aCalibratedModelKeepsItsRanges() throws IOException {
        Model plain = WeightInit.initialise(TINY, 5);
        ActivationRanges ranges = new ActivationRanges(7, Map.of("images", 2.64f, "trunk.conv1", 1e-3f));
        Path file = folder.resolve("m8.safetensors");
        ModelFile.save(file, new Model(TINY, plain.weights(), ranges));
        assertThat(ModelFile.load(file).ranges()).isEqualTo(ranges);
        assertThat(plain.ranges()).isNull();
        assertThat(ranges.bound("trunk.conv1")).isEqualTo(1e-3f);
        assertThatThrownBy(() -> ranges.bound("trunk.conv2"))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("trunk.conv2");
    }

    @Test
    void aModelKeepsItsThresholds() throws IOException {
        ActivationRanges ranges = new ActivationRanges(7, Map.of("images", 2.64f));
        Model model = WeightInit.initialise(TINY, 5).withThresholds(THRESHOLDS).withRanges(ranges);
        Path file = folder.resolve("m.safetensors");
        ModelFile.save(file, model);
        Model loaded = ModelFile.load(file);
        assertThat(loaded.thresholds()).isEqualTo(THRESHOLDS);
        assertThat(loaded.ranges()).isEqualTo(ranges);
        Path again = folder.resolve("again.safetensors");
        ModelFile.save(again, loaded);
        assertThat(again).hasSameBinaryContentAs(file);

        // An import of the file as it is keeps what was measured; one that makes another network of it does not.
        Model same = WeightImporter.load(file, ImportOptions.defaults());
        assertThat(same.thresholds()).isEqualTo(THRESHOLDS);
        assertThat(same.ranges()).isEqualTo(ranges);
        Model other = WeightImporter.load(file, ImportOptions.defaults().withPooling(Pooling.AVG));
        assertThat(other.thresholds()).isNull();
        assertThat(other.ranges()).isNull();

        ModelFile.save(file, loaded.withThresholds(null));
        assertThat(Safetensors.read(file).metadata()).doesNotContainKey("mgn.thresholds");
        assertThat(ModelFile.load(file).thresholds()).isNull();
    }

    @Test
    void damagedThresholdsAreRefusedWithTheFile() throws IOException {
        Path file = folder.resolve("m.safetensors");
        Map<String, Tensor> tensors = WeightInit.initialise(TINY, 5).weights().asMap();
        String damaged = THRESHOLDS.toJson().replace("\"threshold\":4.5", "\"threshold\":-4.5");
        Safetensors.write(file, tensors, Map.of("mgn", SpecJson.write(TINY), "mgn.thresholds", damaged));
        assertThatThrownBy(() -> ModelFile.load(file))
                .isInstanceOf(WeightsException.class)
                .hasMessage(file + ": threshold must be 0 or more and finite, not -4.5 (false-accept rate 0.01)");
    }

    @Test
    void damagedRangesAreRefused() {
        for (String text : new String[] {
            "",
            "[]",
            "{}",
            "{\"version\":2,\"images\":1,\"bounds\":{}}",
            "{\"version\":1,\"images\":0,\"bounds\":{}}",
            "{\"version\":1,\"images\":1,\"bounds\":[]}",
            "{\"version\":1,\"images\":1,\"bounds\":{\"images\":-1}}",
            "{\"version\":1,\"images\":1,\"bounds\":{\"images\":\"x\"}}",
            "{\"version\":1,\"images\":1,\"bounds\":{\"images\":null}}"
        }) {
            assertThatThrownBy(() -> ActivationRanges.parse(text)).as(text).isInstanceOf(WeightsException.class);
        }
    }
}
