package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code synth}, {@code data}, {@code info}, {@code bench}, {@code export} and the help of all commands. */
class SmallCommandsTest {
    @TempDir
    static Path folder;

    private static Workshop workshop;

    @BeforeAll
    static void prepare() throws IOException {
        workshop = Workshop.in(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "synth",
                "data",
                "import",
                "info",
                "calibrate",
                "extract",
                "train",
                "evaluate",
                "bench",
                "export"
            })
    void explainsItself(String command) {
        Workshop.Call help = workshop.mgn(command, "--help").ok();
        assertThat(help.out()).startsWith("Usage: mgn " + command).contains("--");
        assertThat(help.err()).isEmpty();
        assertThat(workshop.mgn("--help").ok().out()).contains("  " + command + " ");
    }

    @Test
    void sameSeedSameBytes() throws IOException {
        synth("a", "7");
        synth("b", "7");
        synth("c", "8");
        assertThat(Workshop.snapshot(workshop.path("a")))
                .isEqualTo(Workshop.snapshot(workshop.path("b")))
                .isNotEqualTo(Workshop.snapshot(workshop.path("c")))
                .hasSizeGreaterThan(10);
    }

    private static void synth(String out, String seed) {
        Workshop.Call call = workshop.mgn(
                        "synth",
                        "--out",
                        "@" + out,
                        "--ids",
                        "2",
                        "--cameras",
                        "2",
                        "--images",
                        "1",
                        "--size",
                        "32x64",
                        "--seed",
                        seed)
                .ok();
        assertThat(call.out()).isEmpty();
    }

    @Test
    void dataSaysWhatThereIs() throws IOException {
        Workshop.Call call =
                workshop.mgn("data", "--data", "@data", "--json", "@data.json").ok();
        assertThat(call.out()).startsWith(workshop.path("data") + " (market1501)");
        JsonObject train = workshop.json("data.json").getAsJsonObject("train");
        assertThat(train.get("images").getAsInt()).isEqualTo(4 * 2 * 2);
        assertThat(train.get("identities").getAsInt()).isEqualTo(4);
    }

    @Test
    void infoOfThePaper() {
        // The paper classifies the 2048-wide global vectors; public code with 256-wide ones has 70,351,800.
        Workshop.Call call =
                workshop.mgn("info", "--preset", "mgn", "--json", "-").ok();
        JsonObject json = JsonParser.parseString(call.out()).getAsJsonObject();
        assertThat(json.get("parameters").getAsLong()).isEqualTo(70_351_800L + 3L * 751 * (2048 - 256));
        assertThat(json.get("parameters_without_classifiers").getAsLong()).isEqualTo(68_807_744L);
        assertThat(json.get("macs").getAsDouble()).isCloseTo(11.886e9 + 3 * 751 * (2048 - 256), within(0.5e6));
        assertThat(json.get("dims").getAsInt()).isEqualTo(2048);
        assertThat(json.get("classes").getAsInt()).isEqualTo(751);
        assertThat(json.get("input").toString()).isEqualTo("[384,128]");
        assertThat(json.getAsJsonArray("features").get(3).toString())
                .isEqualTo("{\"name\":\"p2_0\",\"kind\":\"local\",\"dims\":256}");
    }

    @Test
    void infoOfAFile() throws IOException {
        Workshop.Call call = workshop.mgn("info", "@model.safetensors", "--json", "@info.json")
                .ok();
        assertThat(call.out()).contains("ResNet-18, width x0.0625", "features   64 dims", "p3_2");
        assertThat(workshop.json("info.json").get("dims").getAsInt()).isEqualTo(64);
    }

    @Test
    void benchMeasures() throws IOException {
        Workshop.Call call = workshop.mgn(
                        "bench",
                        "--model",
                        "@model.safetensors",
                        "--seconds",
                        "0.1",
                        "--batch",
                        "2",
                        "--json",
                        "@b.json")
                .ok();
        JsonObject json = workshop.json("b.json");
        assertThat(JsonParser.parseString(call.out())).isEqualTo(json);
        assertThat(json.keySet())
                .containsExactlyInAnyOrder(
                        "engine",
                        "precision",
                        "batch",
                        "input",
                        "concurrency",
                        "threads",
                        "ms_per_image",
                        "images_per_second",
                        "peak_rss_bytes");
        assertThat(json.get("ms_per_image").getAsDouble()).isPositive();
        assertThat(json.get("input").getAsString()).isEqualTo("floats");
        assertThat(json.get("concurrency").getAsInt()).isEqualTo(1);
    }

    @Test
    void exportWritesAnOnnxFile() throws IOException {
        Workshop.Call call = workshop.mgn("export", "--model", "@model.safetensors", "--onnx", "@m.onnx")
                .ok();
        assertThat(call.out()).isEmpty();
        assertThat(call.err()).contains("m.onnx: images float32 [N,3,96,48], normalised -> features float32 [N,64]");
        workshop.mgn(
                        "export",
                        "--model",
                        "@model.safetensors",
                        "--onnx",
                        "@half.onnx",
                        "--precision",
                        "fp16",
                        "--preprocess")
                .ok();
        workshop.mgn(
                        "export",
                        "--model",
                        "@model.safetensors",
                        "--onnx",
                        "@int8.onnx",
                        "--precision",
                        "int8",
                        "--calibrate",
                        "@data")
                .ok();
        assertThat(Files.size(workshop.path("int8.onnx"))).isLessThan(Files.size(workshop.path("m.onnx")) / 2);
        assertThat(Files.size(workshop.path("half.onnx"))).isLessThan(Files.size(workshop.path("m.onnx")) * 2 / 3);
    }

    @Test
    void aFailureThatNobodyCouldPreventIsOneLine() {
        for (Throwable failure : new Throwable[] {
            new OutOfMemoryError("Java heap space"),
            new ExceptionInInitializerError(new UnsatisfiedLinkError("no jnind4jcpu\nin java.library.path")),
            new IllegalStateException()
        }) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
            assertThat(new Terminal(stream, stream).fail(failure)).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8).lines())
                    .singleElement()
                    .asString()
                    .startsWith("mgn: ");
        }
    }

    @Test
    void aFolderMayHaveANameThatBeginsWithAnAt() throws IOException {
        Files.createDirectories(workshop.path("@in"));
        assertThat(workshop.mgn("data", "--data", "@@in").err()).contains("@in: no known data set layout");
    }
}
