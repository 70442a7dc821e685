package io.github.mgn4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.Pooling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the importer says of checkpoints that are not what they seem. LayoutsTest of mgn-cli has those that are. */
class ForeignCheckpointsTest {
    private static final ImportOptions AUTO = ImportOptions.defaults();

    /** Returns a ResNet-18 of one channel under torchvision's names behind a prefix. */
    private static Map<String, Tensor> resNet(String prefix) {
        MgnSpec spec = MgnSpec.builder()
                .backbone(18, 1 / 64.0)
                .branches(Branch.globalOnly())
                .embedding(0)
                .build();
        Map<String, String> names = new NameMap(spec).resNet(prefix).build();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : NetworkSummary.of(spec).parameters()) {
            NameMap.key(names, parameter.name())
                    .ifPresent(
                            name -> tensors.put(name, ReferenceWeights.of(spec).get(parameter.name())));
        }
        return tensors;
    }

    private static Tensor vector(int length) {
        return Tensor.of(new float[length], length);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            conv2.0.conv2a.conv1.weight | it is OSNet (depthwise convolutions and gates), which is another network
            conv1.0.weight              | it is a ResNet with a stem of several convolutions (ResNet-D, ResNeSt), which
            patch_embed.proj.weight     | it is a vision transformer, which is another network
            """)
    void otherNetworksAreNamed(String tensor, String sentence) {
        assertThatThrownBy(() -> WeightImporter.of(Map.of(tensor, vector(2)), AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(sentence)
                .hasMessageEndingWith("found 1 tensors such as [" + tensor + "]");
    }

    @Test
    void aPrefixThatHidesTheLayoutIsNamedWithTheRenamingThatRemovesIt() {
        Map<String, Tensor> tensors = resNet("encoder.net.");
        assertThatThrownBy(() -> WeightImporter.of(tensors, AUTO))
                .isInstanceOf(WeightsException.class)
                .hasMessage("no known layout, but behind 'encoder.net.' the names are those of torchvision: --rename"
                        + " '^encoder\\.net\\.=' removes the prefix");
        ImportedModel imported = WeightImporter.of(tensors, AUTO.withRename(Rename.parse("^encoder\\.net\\.=")));
        assertThat(imported.layout()).isEqualTo(ImportLayout.TORCHVISION);
    }

    @Test
    void aLayoutThatWasNamedWronglyIsAnsweredWithTheLikelyOne() {
        Map<String, Tensor> tensors = resNet("base.");
        tensors.put("bottleneck.weight", vector(8));
        assertThatThrownBy(() -> WeightImporter.of(tensors, AUTO.withLayout(ImportLayout.FASTREID_BOT)))
                .isInstanceOf(WeightsException.class)
                .hasMessage(
                        "tensor 'backbone.conv1.weight' is missing (shape [channels, 3, 7, 7] expected); the names are"
                                + " rather those of --layout strong-baseline");
    }

    @Test
    void theFirstDifferencesAreNamedAndTheOthersCounted() {
        Map<String, Tensor> tensors = new TreeMap<>(resNet(""));
        tensors.remove("bn1.weight");
        tensors.put("layer1.0.bn2.bias", vector(3));
        tensors.put("layer1.0.gate.weight", vector(1));
        assertThatThrownBy(() -> WeightImporter.of(tensors, AUTO))
                .hasMessage("tensor 'bn1.weight' is missing (shape [1] expected, layout torchvision); and tensor"
                        + " 'layer1.0.bn2.bias' has shape [3], expected [1]; and 1 more differences");
    }

    @Test
    void parametersAloneAreNoNetwork() {
        Map<String, Tensor> tensors = resNet("");
        tensors.keySet().removeIf(name -> name.contains("running_"));
        assertThatThrownBy(() -> WeightImporter.of(tensors, AUTO))
                .hasMessage("it has no running statistics of batch norms (.running_mean), but parameters alone: save"
                        + " model.state_dict()");
    }

    @Test
    void nonLocalBlocksAreRefusedByName() {
        Map<String, Tensor> tensors = resNet("backbone.");
        tensors.put("heads.weight", vector(1));
        tensors.put("backbone.NL_2.0.g.weight", vector(1));
        assertThatThrownBy(() -> WeightImporter.of(tensors, AUTO))
                .hasMessageStartingWith("it has non-local blocks (backbone.NL_...), as fast-reid's AGW and SBS");
    }

    @Test
    void aPoolingWhoseExponentIsNotInTheFileStartsAtThree() {
        Map<String, Tensor> tensors = resNet("");
        tensors.put("classifier.weight", Tensor.of(new float[16], 2, 8));
        tensors.put("classifier.bias", vector(2));
        ImportedModel imported = WeightImporter.of(tensors, AUTO.withPooling(Pooling.GEM));
        assertThat(imported.layout()).isEqualTo(ImportLayout.TORCHREID);
        assertThat(imported.fresh()).isEqualTo(List.of("pools.g1.p"));
        assertThat(imported.model().weights().get("pools.g1.p").get(0)).isEqualTo(3);
        assertThat(imported.model().preprocessing().flip()).isFalse();
    }
}
