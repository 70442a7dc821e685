package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.github.mgn4j.train.RecipeYaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What holds for every command: what it says, where JSON goes, what it replaces, how it helps. */
class CommandLineTest {
    @TempDir
    static Path folder;

    private static Workshop workshop;

    @BeforeAll
    static void prepare() throws IOException {
        workshop = Workshop.in(folder);
    }

    @Test
    void whatSteersATerminalIsEscaped() throws IOException {
        String name = "a\u001b]0;title\u0007\u009b2J\u202egpj\r\nb";
        Workshop.Call missing = workshop.mgn("data", "--data", "@" + name);
        assertThat(missing.err())
                .isEqualTo("mgn: %s: no such folder\n"
                        .formatted(workshop.path("a\\u001b]0;title\\u0007\\u009b2J\\u202egpj; b")));
        Files.createDirectories(workshop.path(name));
        assertThat(workshop.mgn("data", "--data", "@" + name).err())
                .doesNotContainPattern("[\u001b\u0007\u009b\u202e\r]");
        Workshop.Call named = workshop.mgn("info", "@model.safetensors", "--json", "@" + name + ".json")
                .ok();
        assertThat(named.out() + named.err()).doesNotContainPattern("[\u001b\u0007\u009b\u202e\r]");
        assertThat(workshop.mgn("data", "--data", "@data", "--format", "x\u001b[31m")
                        .err())
                .contains("'x\\u001b[31m'");
        assertThat(Printable.lines("a\tb\n\u2028\ud800")).isEqualTo("a\tb\n\\u2028\\ud800");
        assertThat(Printable.line("ä 人 \ud83d\ude00\n")).isEqualTo("ä 人 \ud83d\ude00\\u000a");

        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(shown, true, StandardCharsets.UTF_8);
        new Terminal(stream, stream).errors().println("[WARN] \u001b[31mä");
        assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo("[WARN] \\u001b[31mä\n");
    }

    @Test
    void jsonGoesToStandardOutputInThePlaceOfTheText() {
        for (String[] call : new String[][] {
            {"info", "@model.safetensors"},
            {"data", "--data", "@data"},
            {"bench", "--model", "@model.safetensors", "--seconds", "0.05", "--engine", "onnx"},
            {"evaluate", "--model", "@model.safetensors", "--data", "@data"},
        }) {
            String[] args = java.util.Arrays.copyOf(call, call.length + 2);
            args[call.length] = "--json";
            args[call.length + 1] = "-";
            String out = workshop.mgn(args).ok().out();
            assertThat(JsonParser.parseString(out).getAsJsonObject().size())
                    .as(call[0])
                    .isPositive();
            assertThat(out).startsWith("{").endsWith("}\n");
        }
        assertThat(Path.of("-")).doesNotExist();
    }

    @Test
    void whatIsReplacedIsSaid() {
        String[] call = {"info", "@model.safetensors", "--json", "@replaced.json"};
        assertThat(workshop.mgn(call).ok().err()).isEmpty();
        assertThat(workshop.mgn(call).err()).contains("exists already; --force overwrites it");
        String[] forced = {"info", "@model.safetensors", "--json", "@replaced.json", "--force"};
        assertThat(workshop.mgn(forced).ok().err())
                .isEqualTo("mgn: replaced what was there: " + workshop.path("replaced.json") + "\n");
        String[] quiet = {"-q", "info", "@model.safetensors", "--json", "@replaced.json", "--force"};
        assertThat(workshop.mgn(quiet).ok().err()).isEmpty();
    }

    @Test
    void anOutputThatCannotBeWrittenIsAFailure() {
        for (String[] call : new String[][] {{"info", "@model.safetensors"}, {"--help"}, {"train", "--print-recipe"}}) {
            OutputStream full = new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new IOException("No space left on device");
                }
            };
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Terminal terminal = new Terminal(
                    new PrintStream(full, false, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8));
            String[] args = List.of(call).stream()
                    .map(arg -> arg.startsWith("@")
                            ? workshop.path(arg.substring(1)).toString()
                            : arg)
                    .toArray(String[]::new);
            assertThat(Main.run(terminal, args)).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("mgn: standard output cannot be written\n");
        }
    }

    @Test
    void aRecipeIsPrintedWithTheOptionsInIt() {
        String out = workshop.mgn("train", "--print-recipe", "--recipe", "@recipe.yaml", "--p", "3", "--lr", "0.5")
                .ok()
                .out();
        assertThat(RecipeYaml.parse(out, "printed").p()).isEqualTo(3);
        assertThat(out).contains("lr: 0.5");
        assertThat(workshop.mgn("train", "--print-recipe").ok().out()).startsWith("p: 16\n");
    }

    @Test
    void helpAndCompletionKnowTheCommands() {
        assertThat(workshop.mgn("help", "extract").ok().out())
                .isEqualTo(workshop.mgn("extract", "--help").out());
        assertThat(workshop.mgn("completion").ok().out())
                .startsWith("#!")
                .contains("extract", "--no-flip", "complete -F _complete_mgn");
    }

    @Test
    void evaluateTakesTheOptionsOfExtract() throws IOException {
        Workshop.Call plain =
                workshop.mgn("evaluate", "--model", "@model.safetensors", "--data", "@data", "--json", "-");
        Workshop.Call other = workshop.mgn(
                "evaluate",
                "--model",
                "@model.safetensors",
                "--data",
                "@data",
                "--json",
                "-",
                "--no-flip",
                "--resize",
                "bicubic",
                "--batch",
                "3",
                "--precision",
                "fp32",
                "--engine",
                "samediff");
        assertThat(JsonParser.parseString(other.ok().out()))
                .isNotEqualTo(JsonParser.parseString(plain.ok().out()));
        assertThat(workshop.mgn("evaluate", "--model", "@model.safetensors", "--data", "@data", "--batch", "0")
                        .err())
                .isEqualTo("mgn: --batch must be at least 1, not 0\n");

        Workshop broken = Workshop.in(Files.createDirectories(workshop.path("broken")));
        Path image;
        try (var images = Files.list(broken.path("data/bounding_box_test"))) {
            image = images.sorted().reduce((a, b) -> b).orElseThrow();
        }
        Files.writeString(image, "no image");
        String[] call = {"evaluate", "--model", "@model.safetensors", "--data", "@data"};
        assertThat(broken.mgn(call).status()).isEqualTo(2);
        Workshop.Call skipping = broken.mgn(
                        "evaluate",
                        "--model",
                        "@model.safetensors",
                        "--data",
                        "@data",
                        "--on-error",
                        "skip",
                        "--report",
                        "@report")
                .ok();
        assertThat(skipping.err()).contains("skipped: " + image + ": not a JPEG, PNG or BMP file");
        assertThat(broken.path("report/report.html")).exists();
    }

    /** Commands that a call does not name are added by name and description alone. */
    @Test
    void theListOfCommandsIsThatOfWholeOnes() {
        Commands factory = new Commands(Terminal.silent());
        CommandLine whole = MgnCommand.of(factory, List.of("completion"));
        assertThat(whole.getSubcommands().get("info").getCommandSpec().optionsMap())
                .containsKey("--json");
        CommandLine outlines = MgnCommand.of(factory, List.of("--help"));
        assertThat(outlines.getUsageMessage())
                .isEqualTo(whole.getUsageMessage())
                .contains("  info ", "  help ");
        assertThat(outlines.getSubcommands().keySet())
                .isEqualTo(whole.getSubcommands().keySet());
    }

    @Test
    void nearMissesAreFoundAndFarOnesAreNot() {
        assertThat(Suggestions.nearest("extarct", List.of("extract", "export"))).contains("extract");
        assertThat(Suggestions.nearest("--modle", List.of("--model", "--json"))).contains("--model");
        assertThat(Suggestions.nearest("nix", List.of("info", "demo", "-V"))).isEmpty();
        assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
    }
}
