package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.train.RecipeYaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo, with few people and few steps. */
class DemoCommandTest {
    @TempDir
    Path folder;

    @Test
    void writesMetricsAndTheReport() throws IOException {
        Path out = folder.resolve("new/demo");
        String table = run(out);
        assertThat(table.lines().map(line -> line.replaceAll(" .*", ""))).containsExactly("", "untrained", "trained");
        JsonObject metrics = JsonParser.parseString(Files.readString(out.resolve("metrics.json")))
                .getAsJsonObject();
        JsonObject untrained = metrics.remove("untrained").getAsJsonObject();
        assertThat(metrics.keySet()).isEqualTo(untrained.keySet()).contains("rank1", "mAP", "cmc", "mINP");
        assertThat(metrics).isNotEqualTo(untrained);
        assertThat(out.resolve("report.html"))
                .content()
                .contains("untrained", "<svg", "data:image/jpeg;base64", " % on the person", "<h2>Occlusion maps</h2>");
        for (String png : new String[] {"cmc", "loss", "distances", "roc", "map", "attention", "best", "worst"}) {
            assertThat(Files.readAllBytes(out.resolve(png + ".png"))).startsWith(0x89, 'P', 'N', 'G');
        }
        assertThat(Files.readAllLines(out.resolve("run/log.csv"))).hasSize(1 + 2);

        Files.writeString(out.resolve("notes.txt"), "mine");
        assertThat(run(out)).isEqualTo(table); // once more into its own folder, with the same outcome
        assertThat(out.resolve("notes.txt")).hasContent("mine");
    }

    private static String run(Path out) throws IOException {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        PrintStream messages = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(new PrintStream(results, true, StandardCharsets.UTF_8), messages);
        SynthOptions people =
                SynthOptions.DEFAULT.withIds(4).withCameras(2).withImages(2).withSize(48, 96);
        DemoCommand demo = new DemoCommand(
                terminal,
                people,
                RecipeYaml.parse(Workshop.RECIPE, "recipe").toBuilder()
                        .iterations(2)
                        .build());
        new CommandLine(demo).parseArgs("--out", out.toString());
        assertThat(demo.call()).isZero();
        return results.toString(StandardCharsets.UTF_8);
    }
}
