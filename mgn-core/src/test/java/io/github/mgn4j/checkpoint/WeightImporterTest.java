package io.github.mgn4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Ints;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightImporterTest {
    /** What the fixtures hold; see make_checkpoint_fixtures.py. */
    private static final MgnSpec TINY = MgnSpec.builder()
            .backbone(18, 1 / 64.0)
            .embedding(5)
            .classes(3)
            .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
            .build();

    private static final ImportOptions AUTO = ImportOptions.defaults();

    @TempDir
    Path folder;

    @Test
    void thePublicCodesCheckpointIsReadWhole() throws IOException {
        Model model = WeightImporter.load(TestFiles.resource(folder, "mgn-pytorch.pth.gz"), AUTO);
        assertThat(model.spec()).isEqualTo(TINY);
        Weights expected = ReferenceWeights.of(TINY);
        for (String name : expected.names()) {
            assertThat(model.weights().get(name).toArray())
                    .as(name)
                    .isEqualTo(expected.get(name).toArray());
        }
    }

    @Test
    void halfPrecisionDataParallelWrappedAndClassifiersOnPooledVectors() throws IOException {
        Model model = WeightImporter.load(TestFiles.resource(folder, "mgn-pytorch-half.pth.gz"), AUTO);
        MgnSpec spec = TINY.toBuilder()
                .globalClassifier(ClassifierPosition.BEFORE_REDUCTION)
                .build();
        assertThat(model.spec()).isEqualTo(spec);
        Weights expected = ReferenceWeights.of(spec);
        for (String name : expected.names()) {
            float[] values = expected.get(name).toArray();
            float[] found = model.weights().get(name).toArray();
            assertThat(found).hasSameSizeAs(values);
            for (int i = 0; i < values.length; i++) {
                assertThat(found[i]).as(name).isCloseTo(values[i], within(Math.abs(values[i]) * 0x1p-11f + 0x1p-25f));
            }
        }
    }

    @Test
    void otherNamesAreRenamedBeforeTheLayoutIsFoundOut() throws IOException {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        TorchCheckpoint.read(TestFiles.resource(folder, "mgn-pytorch.pth.gz"))
                .forEach((name, tensor) -> renamed.put("net." + name.replace("backone.", "body="), tensor));
        Path file = folder.resolve("renamed.safetensors");
        Safetensors.write(file, renamed, Map.of());
        ImportOptions prefix = AUTO.withRename(Rename.parse("^net\\.(?=\\w)="));

        ImportedModel read = WeightImporter.read(file, prefix.withRename(Rename.parse("^(b)ody.(\\d)=$1ackone.$2")));

        assertThat(read.layout()).isEqualTo(ImportLayout.MGN_PYTORCH);
        assertThat(read.model().spec()).isEqualTo(TINY);
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO)).hasMessageContaining("no known layout");
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO.withRename(Rename.parse("^gone=x"))))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": the renaming '^gone=x' changes none of ");
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO.withRename(Rename.parse("^.*$=x"))))
                .hasMessage(file + ": the renaming '^.*$=x' gives two tensors the name 'x'");
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO.withRename(Rename.parse("net=$1"))))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("the renaming 'net=$1': No group 1");
        assertThatThrownBy(() -> Rename.parse("(=x"))
                .isInstanceOf(WeightsException.class)
                .hasMessage("a renaming '(=x': Unclosed group");
        assertThatThrownBy(() -> Rename.parse("net.")).hasMessageContaining("old=new expected");
    }

    @Test
    void aSharedReductionServesEveryFeature() throws IOException {
        Model model = WeightImporter.load(TestFiles.resource(folder, "reid-mgn.pth.gz"), AUTO);
        assertThat(model.spec()).isEqualTo(TINY);
        Weights expected = ReferenceWeights.of(TINY);
        for (String name : expected.names()) {
            String source = name.replaceFirst("reductions\\.[^.]+\\.", "reductions.g1.");
            assertThat(model.weights().get(name).toArray())
                    .as(name)
                    .isEqualTo(expected.get(source).toArray());
        }
    }

    @Test
    void checkpointsWithoutClassifiersGetNewOnes() throws IOException {
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(TorchCheckpoint.read(TestFiles.resource(folder, "mgn-pytorch.pth.gz")));
        tensors.keySet().removeIf(name -> name.startsWith("fc_id_"));
        Path file = folder.resolve("features.safetensors");
        Safetensors.write(file, tensors, Map.of());
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessage(file + ": it has no classifiers: name the number of identities that new ones are to tell"
                        + " apart (--classes)");
        ImportedModel imported = WeightImporter.read(file, AUTO.withClasses(7));
        assertThat(imported.model().spec().classes()).isEqualTo(7);
        assertThat(imported.layout()).isEqualTo(ImportLayout.MGN_PYTORCH);
        assertThat(imported.leftOut()).isEmpty();
        assertThat(imported.fresh()).hasSize(16).allMatch(name -> name.startsWith("classifiers."));
        assertThat(imported.model().weights().get("reductions.p3_2.0.weight").toArray())
                .isEqualTo(ReferenceWeights.of(TINY)
                        .get("reductions.p3_2.0.weight")
                        .toArray());
        tensors.put("fc_id_2048_0.weight", Tensor.of(new float[15], 3, 5)); // some, but not all
        Safetensors.write(file, tensors, Map.of());
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO.withClasses(3)))
                .hasMessageContaining("tensor 'fc_id_2048_0.bias' is missing");
    }

    @Test
    void whatStandsBehindTheBackboneIsLeftOutAndListed() throws IOException {
        MgnSpec spec = MgnSpec.builder().backbone(18, 1 / 64.0).build();
        Map<String, String> keys = new NameMap(spec).resNet("").build();
        Weights weights = ReferenceWeights.of(spec);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        weights.names().forEach(name -> NameMap.key(keys, name).ifPresent(key -> tensors.put(key, weights.get(name))));
        tensors.put("bn1.num_batches_tracked", Tensor.of(new float[] {5}));
        for (String name : new String[] {"fc.weight", "fc.bias"}) {
            tensors.put(name, Tensor.of(new float[4], 4));
        }
        Path file = folder.resolve("torchvision.safetensors");
        Safetensors.write(file, tensors, Map.of());
        ImportedModel imported = WeightImporter.read(file, AUTO);
        assertThat(imported.layout()).isEqualTo(ImportLayout.TORCHVISION);
        assertThat(imported.leftOut()).containsExactly("fc.weight", "fc.bias");
        assertThat(imported.fresh())
                .isNotEmpty()
                .allMatch(name -> name.startsWith("reductions.") || name.startsWith("classifiers."));
        tensors.put("head.weight", Tensor.of(new float[4], 4));
        Safetensors.write(file, tensors, Map.of());
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO))
                .hasMessage(
                        file + ": tensor 'head.weight' of shape [4] has no place in the network (layout torchvision)");
    }

    @ParameterizedTest
    @CsvSource({
        "backone.0.weight, NaN, 'NaN at index [0, 0, 0, 0], expected a finite value'",
        "backone.1.running_var, -1, '-1.0 at index [0], expected a variance, finite and not below 0'",
        "reduction_3.1.bias, Infinity, 'Infinity at index [0], expected a finite value'"
    })
    void valuesThatNoNetworkCanHaveAreRefusedByTheFilesName(String name, float value, String message)
            throws IOException {
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(TorchCheckpoint.read(TestFiles.resource(folder, "mgn-pytorch.pth.gz")));
        Tensor sound = Objects.requireNonNull(tensors.get(name));
        float[] values = sound.toArray();
        values[0] = value;
        tensors.put(name, Tensor.of(values, sound.shape()));
        Path file = folder.resolve("bad.safetensors");
        Safetensors.write(file, tensors, Map.of());
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessage(file + ": tensor '" + name + "' is " + message);
    }

    @Test
    void optionsSayWhatTheFileDoesNot() throws IOException {
        Path file = TestFiles.resource(folder, "mgn-pytorch.pth.gz");
        ImportOptions options =
                AUTO.withPooling(Pooling.AVG).withInput(new InputSize(96, 32)).withClasses(3);
        assertThat(WeightImporter.load(file, options).spec())
                .isEqualTo(TINY.toBuilder().pooling(Pooling.AVG).input(96, 32).build());
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO.withClasses(4)))
                .hasMessage(file + ": it has classifiers of 3 classes, 4 were asked for");
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO.withLayout(ImportLayout.TORCHVISION)))
                .hasMessageStartingWith(file + ": tensor 'conv1.weight' is missing");
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO.withInput(new InputSize(100, 32))))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": branch 2: its map is 7 rows high");
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 50})
    void torchvisionsNamesAndShapesAreThoseOfTheBackbone(int depth) throws IOException {
        MgnSpec spec = MgnSpec.builder().backbone(depth).build();
        Map<String, String> keys = new NameMap(spec).resNet("").build();
        Map<String, String> found = new TreeMap<>();
        for (Parameter parameter : NetworkSummary.of(spec).parameters()) {
            NameMap.key(keys, parameter.name()).ifPresent(key -> found.put(key, key + " " + parameter.shape()));
        }
        assertThat(found.values())
                .containsExactlyInAnyOrderElementsOf(
                        Files.readAllLines(TestFiles.resource(folder, "torchvision-resnet" + depth + ".txt")).stream()
                                .filter(line -> !line.startsWith("fc.") && !line.contains("num_batches_tracked"))
                                .toList());
    }

    @ParameterizedTest
    @CsvSource({"18, 0.0625", "34, 0.03125", "50, 0.03125", "101, 0.015625"})
    void everyBranchStartsFromTheBackboneOfTorchvision(int depth, double width) throws IOException {
        MgnSpec spec = MgnSpec.builder().backbone(depth, width).classes(10).build();
        Path file = torchvision(spec, Map.of());
        Model model = WeightImporter.load(file, AUTO.withClasses(10).withSeed(4));
        assertThat(model.spec()).isEqualTo(spec);
        Weights formula = ReferenceWeights.of(spec);
        Weights fresh = WeightInit.initialise(spec, 4).weights();
        for (String name : model.weights().names()) {
            boolean own = name.startsWith("reductions.") || name.startsWith("classifiers.");
            String source = name.replaceFirst("branches\\.\\d", "branches.0");
            assertThat(model.weights().get(name).toArray())
                    .as(name)
                    .isEqualTo((own ? fresh.get(name) : formula.get(source)).toArray());
        }
        assertThat(WeightImporter.load(file, AUTO).spec().classes()).isEqualTo(751);
    }

    @Test
    void missingSurplusAndMisshapenTensorsAreNamedAsInTheFile() throws IOException {
        MgnSpec spec = MgnSpec.builder().backbone(18, 1 / 64.0).build();
        Path missing = torchvision(spec, remove("layer3.1.bn2.running_var"));
        assertThatThrownBy(() -> WeightImporter.load(missing, AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessage(missing
                        + ": tensor 'layer3.1.bn2.running_var' is missing (shape [4] expected, layout torchvision)");
        Path surplus = torchvision(spec, Map.of("layer3.1.bias", Tensor.of(new float[2], 2)));
        assertThatThrownBy(() -> WeightImporter.load(surplus, AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessage(surplus
                        + ": tensor 'layer3.1.bias' of shape [2] has no place in the network (layout torchvision)");
        Path shape = torchvision(spec, Map.of("layer1.0.conv1.weight", Tensor.of(new float[2], 2)));
        assertThatThrownBy(() -> WeightImporter.load(shape, AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessage(shape + ": tensor 'layer1.0.conv1.weight' has shape [2], expected [1, 1, 3, 3]");
        Path stem = torchvision(spec, Map.of("conv1.weight", Tensor.of(new float[0], 0, 3, 7, 7)));
        assertThatThrownBy(() -> WeightImporter.load(stem, AUTO))
                .hasMessage(stem + ": tensor 'conv1.weight' has shape [0, 3, 7, 7], expected [channels, 3, 7, 7]");
    }

    @Test
    void otherDepthsAndWidthsAreRefused() throws IOException {
        MgnSpec spec = MgnSpec.builder().backbone(18, 1 / 64.0).build();
        Path deeper = torchvision(spec, Map.of("layer2.7.conv1.weight", Tensor.of(new float[2], 2)));
        assertThatThrownBy(() -> WeightImporter.load(deeper, AUTO))
                .hasMessage(deeper + ": its four stages have [2, 8, 2, 2] basic blocks;"
                        + " ResNet-18, 34, 50, 101 and 152 are known");
        Path wide = torchvision(spec, Map.of("conv1.weight", Tensor.of(new float[1000], 1000, 1, 1, 1)));
        assertThatThrownBy(() -> WeightImporter.load(wide, AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(wide + ": backbone width multiplier must be above 0");
    }

    @Test
    void theProjectsOwnFileIsRead() throws IOException {
        Path file = folder.resolve("own.safetensors");
        ModelFile.save(file, ReferenceWeights.model(TINY));
        Model model = WeightImporter.load(file, AUTO);
        assertThat(model.spec()).isEqualTo(TINY);
        assertThat(WeightImporter.load(file, AUTO.withPooling(Pooling.AVG)).spec())
                .isEqualTo(TINY.toBuilder().pooling(Pooling.AVG).build());
        assertThatThrownBy(() -> WeightImporter.load(file, AUTO.withClasses(9)))
                .hasMessage(file + ": it has classifiers of 3 classes, 9 were asked for");
        Path bare = folder.resolve("bare.safetensors");
        Safetensors.write(bare, model.weights().asMap(), Map.of());
        assertThatThrownBy(() -> WeightImporter.load(bare, AUTO)).hasMessageStartingWith(bare + ": no model file");
    }

    @Test
    void filesThatAreNeitherAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("a.safetensors"), "hello, world");
        assertThatThrownBy(() -> WeightImporter.load(text, AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessage(text + ": neither a PyTorch checkpoint nor a safetensors file, found a text file");
        Path other = TestFiles.resource(folder, "model-key.pth");
        assertThatThrownBy(() -> WeightImporter.load(other, AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessage(other + ": no known layout (there are " + ImportLayout.labels()
                        + "; --rename changes names): found 7 tensors such as [0.weight, 0.bias, 1.weight]");
    }

    @Test
    void layoutsHaveTheirNamesOnTheCommandLine() {
        assertThat(ImportLayout.named("auto")).isEmpty();
        for (ImportLayout layout : ImportLayout.values()) {
            assertThat(ImportLayout.named(layout.label())).contains(layout);
        }
        assertThatThrownBy(() -> ImportLayout.named("keras"))
                .isInstanceOf(WeightsException.class)
                .hasMessage(
                        "unknown layout 'keras'; there are auto, mgn, mgn-pytorch, fastreid-mgn, reid-mgn, fastreid-bot,"
                                + " strong-baseline, layumi-pcb, layumi, torchreid-pcb, torchreid, torchvision");
    }

    /** A ResNet of torchvision's names as safetensors, its values those of the first branch; with changes. */
    private Path torchvision(MgnSpec spec, Map<String, Tensor> changes) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        ReferenceWeights.of(spec).asMap().forEach((name, tensor) -> {
            if (name.startsWith("trunk.") || name.startsWith("branches.0.")) {
                String key = name.replaceFirst("trunk\\.|branches\\.0\\.", "");
                tensors.put("module." + key, tensor);
                if (key.endsWith("running_var")) {
                    tensors.put("module." + key.replace("running_var", "num_batches_tracked"), scalar());
                }
            }
        });
        tensors.put("module.fc.weight", Tensor.of(new float[6], 2, 3));
        tensors.put("module.fc.bias", Tensor.of(new float[2], 2));
        changes.forEach((name, tensor) -> {
            tensors.put("module." + name, tensor);
            if (tensor == REMOVED) {
                tensors.remove("module." + name);
            }
        });
        Path file = folder.resolve("resnet%d.safetensors".formatted(Ints.max(0, changes.hashCode())));
        Safetensors.write(file, tensors, ImmutableMap.of("format", "pt"));
        return file;
    }

    private static final Tensor REMOVED = scalar();

    private static Map<String, Tensor> remove(String name) {
        return Map.of(name, REMOVED);
    }

    private static Tensor scalar() {
        return Tensor.of(new float[1]);
    }
}
