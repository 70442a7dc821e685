package io.github.mgn4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Presets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchExporterTest {
    private static final MgnSpec TINY = MgnSpec.builder()
            .backbone(18, 1 / 64.0)
            .embedding(5)
            .classes(3)
            .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
            .build();

    private static final Model MODEL = ReferenceWeights.model(TINY);

    @TempDir
    Path folder;

    @Test
    void theFileIsOneThatPyTorchHasRead() throws IOException {
        Path file = folder.resolve("a.pth");
        assertThat(PyTorchExporter.export(MODEL, file)).isEqualTo(ImportLayout.MGN_PYTORCH);
        // tools/reference/check_pytorch_export.py read these bytes: torch 1.13, weights_only=True, strict=True.
        assertThat(MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString())
                .isEqualTo("1384fd28092463c9459b2c7dad693cf30933ea7bb44d3bb08917ac32b9ce5883");
        Path other = folder.resolve("b.safetensors");
        PyTorchExporter.export(MODEL, other);
        assertThat(MoreFiles.asByteSource(other).hash(Hashing.sha256()).toString())
                .isEqualTo("743b53340482150bdff383683ac55c747ffdd10de9af67de1c7c6c5025d7c955");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.pth", "A.PT", "a.safetensors"})
    void itHasTheNamesShapesAndValuesOfPyTorchsOwnFile(String name) throws IOException {
        Path file = folder.resolve(name);
        PyTorchExporter.export(MODEL, file);
        Map<String, Tensor> expected = TorchCheckpoint.read(TestFiles.resource(folder, "mgn-pytorch.pth.gz"));
        Map<String, Tensor> found = name.endsWith("s") ? Safetensors.read(file).tensors() : TorchCheckpoint.read(file);
        assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
        found.forEach((key, tensor) -> {
            Tensor theirs = expected.get(key);
            assertThat(theirs).isNotNull();
            assertThat(tensor.shape()).as(key).isEqualTo(theirs.shape());
            if (key.endsWith("num_batches_tracked")) {
                assertThat(tensor.toArray()).as(key).containsExactly(0);
            } else {
                assertThat(tensor.toArray()).as(key).isEqualTo(theirs.toArray());
            }
        });
        Model again = WeightImporter.load(file, ImportOptions.defaults());
        assertThat(again.spec()).isEqualTo(TINY);
        MODEL.weights()
                .asMap()
                .forEach((key, tensor) ->
                        assertThat(again.weights().get(key).toArray()).as(key).isEqualTo(tensor.toArray()));
    }

    @Test
    void countersAreIntegersAndTensorsAligned() throws IOException {
        Path file = folder.resolve("a.safetensors");
        PyTorchExporter.export(MODEL, file);
        String header = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(header)
                .contains("\"backone.1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}")
                .contains("\"__metadata__\":{\"format\":\"pt\"}");
        Path zip = folder.resolve("a.pth");
        PyTorchExporter.export(MODEL, zip);
        try (MappedFile mapped = MappedFile.open(zip)) {
            assertThat(ZipEntries.read(mapped).entries().keySet())
                    .startsWith("archive/data.pkl", "archive/byteorder", "archive/data/0")
                    .endsWith("archive/version");
        }
        assertThat(TorchCheckpoint.read(zip).values().stream()
                        .filter(tensor -> tensor.shape().length > 0)
                        .allMatch(tensor -> tensor.data().isDirect()))
                .isTrue();
    }

    @Test
    void aPlainResNetGetsTorchvisionsNames() throws IOException {
        MgnSpec plain = MgnSpec.builder()
                .backbone(18)
                .branches(Branch.globalOnly())
                .embedding(0)
                .classes(1000)
                .build();
        Model model = WeightInit.initialise(plain, 3);
        Path file = folder.resolve("resnet18.pth");
        assertThat(PyTorchExporter.export(model, file)).isEqualTo(ImportLayout.TORCHVISION);
        Map<String, Tensor> found = TorchCheckpoint.read(file);
        List<String> lines = found.entrySet().stream()
                .map(entry ->
                        entry.getKey() + " " + Arrays.toString(entry.getValue().shape()))
                .toList();
        // The names, shapes and order of torchvision's own network.
        assertThat(lines)
                .containsExactlyElementsOf(Files.readAllLines(TestFiles.resource(folder, "torchvision-resnet18.txt")));
        assertThat(found.get("fc.weight").toArray())
                .isEqualTo(model.weights().get("classifiers.g1.weight").toArray());
        for (String preset : List.of("resnet50", "resnet101")) {
            assertThat(PyTorchExporter.layout(Presets.named(preset, 7))).isEqualTo(ImportLayout.TORCHVISION);
        }
    }

    @Test
    void otherNetworksAreRefusedWithTheReason() {
        String and = ", and it is no plain ResNet with one branch either";
        String no = "PyTorch's public networks have no such form: ";
        for (MgnSpec spec : List.of(
                Presets.named("global", 3),
                Presets.named("part-2", 3),
                TINY.toBuilder().branches(Branch.part(2), Branch.part(3)).build(),
                TINY.toBuilder().branches(Branch.part(2)).embedding(0).build())) {
            assertThatThrownBy(() -> PyTorchExporter.layout(spec))
                    .isInstanceOf(WeightsException.class)
                    .hasMessage(no + "its branches are not MGN's three (global, part-2, part-3)" + and);
        }
        assertThatThrownBy(() -> PyTorchExporter.layout(
                        MgnSpec.builder().splitAfter(3, 2).build()))
                .hasMessage(no + "its trunk ends after layer3[1], MGN-pytorch's after layer3[0]" + and);
        assertThatThrownBy(() ->
                        PyTorchExporter.layout(TINY.toBuilder().embedding(0).build()))
                .hasMessage(no + "it has no reductions, which MGN-pytorch has" + and);
        Path onnx = folder.resolve("a.onnx");
        assertThatThrownBy(() -> PyTorchExporter.export(MODEL, onnx))
                .hasMessage(onnx + ": a name that ends in .pth, .pt or .safetensors was expected");
        assertThat(folder).isEmptyDirectory();
    }
}
