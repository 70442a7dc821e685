package io.github.mgn4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.checkpoint.Safetensors;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {
    private static final Clock NOW = Clock.fixed(Instant.parse("2026-11-27T10:11:12.345Z"), ZoneId.of("Asia/Shanghai"));

    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    Path folder;

    @Test
    void anImportNotesTheFileAndTheTime() throws IOException {
        Path file = Files.writeString(folder.resolve("a.pth"), "abc");
        Provenance.Step step =
                Provenance.ofImport(file, "mgn-pytorch", NOW).steps().get(0);
        assertThat(step.kind()).isEqualTo(Provenance.Kind.IMPORT);
        assertThat(step.file()).isEqualTo("a.pth");
        assertThat(step.sha256()).isEqualTo(ABC); // FIPS 180-4's example
        assertThat(step.layout()).isEqualTo("mgn-pytorch");
        assertThat(step.date()).isEqualTo("2026-11-27T10:11:12Z");
        assertThat(step.library()).startsWith("mgn4j ");
    }

    @Test
    void aTrainingExtendsIt() throws IOException {
        Path file = Files.writeString(folder.resolve("m.safetensors"), "abc");
        Provenance imported = Provenance.ofImport(file, "torchvision", NOW);
        Provenance trained = Provenance.ofTraining(file, imported);
        assertThat(trained.steps()).startsWith(imported.steps().get(0)).hasSize(2);
        assertThat(trained.steps().get(1).kind()).isEqualTo(Provenance.Kind.TRAINING);
        assertThat(trained.steps().get(1).date()).isNull(); // the same run gives the same bytes
        Provenance many = trained;
        for (int i = 0; i < 100; i++) {
            many = Provenance.ofTraining(file, many);
        }
        assertThat(many.steps()).hasSize(64).startsWith(imported.steps().get(0));
        assertThat(Provenance.ofTraining(file, null).steps()).hasSize(1);
    }

    @Test
    void aModelFileKeepsIt() throws IOException {
        Path source = Files.writeString(folder.resolve("a \u00e9.pth"), "abc");
        Provenance provenance = Provenance.ofTraining(source, Provenance.ofImport(source, "reid-mgn", NOW));
        assertThat(Provenance.parse(provenance.toJson())).isEqualTo(provenance);
        MgnSpec spec =
                MgnSpec.builder().backbone(18, 1 / 64.0).embedding(2).classes(2).build();
        Model model = WeightInit.initialise(spec, 1).withProvenance(provenance);
        Path file = folder.resolve("m.safetensors");
        ModelFile.save(file, model);
        Model loaded = ModelFile.load(file);
        assertThat(loaded.provenance()).isEqualTo(provenance);
        ActivationRanges ranges = new ActivationRanges(1, Map.of("images", 1f));
        assertThat(loaded.withRanges(ranges).withThresholds(null).provenance()).isEqualTo(provenance);
        assertThat(loaded.withRanges(ranges).withProvenance(null).ranges()).isEqualTo(ranges);
        Path again = folder.resolve("again.safetensors");
        ModelFile.save(again, loaded);
        assertThat(again).hasSameBinaryContentAs(file);
        ModelFile.save(file, loaded.withProvenance(null));
        assertThat(Safetensors.read(file).metadata()).containsOnlyKeys("mgn");
        assertThat(ModelFile.load(file).provenance()).isNull();
    }

    @Test
    void damagedOnesAreRefused() {
        String step = "{\"kind\":\"import\",\"file\":\"a\",\"sha256\":\"" + ABC + "\",\"library\":\"x\"}";
        assertThat(Provenance.parse("{\"version\":1,\"steps\":[" + step + "]}").steps())
                .hasSize(1);
        for (String text : List.of(
                "",
                "[]",
                "{}",
                "{\"version\":2,\"steps\":[" + step + "]}",
                "{\"version\":1,\"steps\":[]}",
                "{\"version\":1,\"steps\":{}}",
                "{\"version\":1,\"steps\":[1]}",
                "{\"version\":1,\"steps\":[" + (step + ",").repeat(64) + step + "]}",
                "{\"version\":1,\"steps\":[" + step.replace("import", "theft") + "]}",
                "{\"version\":1,\"steps\":[" + step.replace("ba78", "BA78") + "]}",
                "{\"version\":1,\"steps\":[" + step.replace("ba78", "a78") + "]}",
                "{\"version\":1,\"steps\":[" + step.replace("\"a\"", "null") + "]}",
                "{\"version\":1,\"steps\":[" + step.replace("\"library\"", "\"date\":\"today\",\"library\"") + "]}")) {
            assertThatThrownBy(() -> Provenance.parse(text)).as(text).isInstanceOf(WeightsException.class);
        }
    }
}
