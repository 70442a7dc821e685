package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.gson.JsonObject;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Weights that leave as a state dict, come back, and are trained: every model says where it came from. */
class ProvenanceCommandsTest {
    @TempDir
    static Path folder;

    private static Workshop workshop;

    @BeforeAll
    static void prepare() throws IOException {
        workshop = Workshop.in(folder);
    }

    @Test
    void aStateDictComesBackAsTheSameModel() throws IOException {
        Workshop.Call call = workshop.mgn("export", "--model", "@model.safetensors", "--pytorch", "@w.pth")
                .ok();
        assertThat(call.out()).isEmpty();
        assertThat(call.err())
                .contains("w.pth: state dict in the naming mgn-pytorch; not in it: max pooling, input 96x48");
        byte[] bytes = Files.readAllBytes(workshop.path("w.pth"));
        workshop.mgn("export", "--model", "@model.safetensors", "--pytorch", "@w.pth", "--force")
                .ok();
        assertThat(workshop.path("w.pth")).hasBinaryContent(bytes);
        workshop.mgn("import", "--from", "@w.pth", "--out", "@back.safetensors").ok();
        Model back = ModelFile.load(workshop.path("back.safetensors"));
        ModelFile.load(workshop.path("model.safetensors"))
                .weights()
                .asMap()
                .forEach((name, tensor) ->
                        assertThat(back.weights().get(name).toArray()).as(name).isEqualTo(tensor.toArray()));
    }

    @Test
    void everyStepIsKeptAndShown() throws IOException {
        workshop.mgn("export", "--model", "@model.safetensors", "--pytorch", "@theirs.pth")
                .ok();
        Clock clock = Clock.fixed(Instant.parse("2026-11-27T01:02:03Z"), ZoneOffset.UTC);
        for (String out : new String[] {"a.safetensors", "b.safetensors"}) {
            ImportCommand command = new ImportCommand(Terminal.silent(), clock);
            new CommandLine(command)
                    .parseArgs(
                            "--from",
                            workshop.path("theirs.pth").toString(),
                            "--out",
                            workshop.path(out).toString());
            assertThat(command.call()).isZero();
        }
        assertThat(workshop.path("b.safetensors")).hasSameBinaryContentAs(workshop.path("a.safetensors"));
        String sum = MoreFiles.asByteSource(workshop.path("theirs.pth"))
                .hash(Hashing.sha256())
                .toString();
        Workshop.Call info =
                workshop.mgn("info", "@a.safetensors", "--json", "@info.json").ok();
        assertThat(info.out())
                .contains("imported from theirs.pth (layout mgn-pytorch) on 2026-11-27T01:02:03Z by mgn4j ")
                .contains("SHA-256 of that file: " + sum);
        JsonObject step = workshop.json("info.json")
                .getAsJsonObject("provenance")
                .getAsJsonArray("steps")
                .get(0)
                .getAsJsonObject();
        assertThat(step.get("sha256").getAsString()).isEqualTo(sum);
        assertThat(step.get("date").getAsString()).isEqualTo("2026-11-27T01:02:03Z");

        Provenance imported = provenance("a.safetensors");
        workshop.mgn("calibrate", "--model", "@a.safetensors", "--images", "@data/query", "--out", "@c.safetensors")
                .ok();
        assertThat(provenance("c.safetensors")).isEqualTo(imported);
        workshop.mgn("import", "--from", "@c.safetensors", "--out", "@d.safetensors")
                .ok();
        assertThat(provenance("d.safetensors")).isEqualTo(imported);
        workshop.mgn("evaluate", "--model", "@a.safetensors", "--data", "@data", "--store-thresholds", "@t.safetensors")
                .ok();
        assertThat(provenance("t.safetensors")).isEqualTo(imported);

        workshop.mgn(
                        "train",
                        "--data",
                        "@data",
                        "--recipe",
                        "@recipe.yaml",
                        "--init",
                        "@c.safetensors",
                        "--out",
                        "@run")
                .ok();
        Provenance trained = provenance("run/model.safetensors");
        assertThat(trained.steps()).hasSize(2).startsWith(imported.steps().get(0));
        assertThat(trained.steps().get(1).file()).isEqualTo("c.safetensors");
        try (Stream<Path> files = Files.list(workshop.path("run"))) {
            List<Path> checkpoints = files.filter(
                            file -> file.getFileName().toString().startsWith("checkpoint-"))
                    .toList();
            assertThat(checkpoints).isNotEmpty(); // from which a run is resumed
            for (Path checkpoint : checkpoints) {
                assertThat(ModelFile.load(checkpoint).provenance()).isEqualTo(trained);
            }
        }
        assertThat(workshop.mgn("info", "@run/model.safetensors").ok().out())
                .contains("trained from c.safetensors by mgn4j ");
        assertThat(workshop.mgn("info", "@model.safetensors").ok().out()).doesNotContain("provenance");
    }

    private static Provenance provenance(String model) throws IOException {
        return Objects.requireNonNull(ModelFile.load(workshop.path(model)).provenance());
    }
}
