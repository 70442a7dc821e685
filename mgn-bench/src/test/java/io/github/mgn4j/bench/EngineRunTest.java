package io.github.mgn4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.ReferenceWeights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineRunTest {
    @TempDir
    private Path folder;

    @Test
    void theFirstRunGivesTheReferenceAndOthersAreComparedWithIt() throws IOException {
        Path model = folder.resolve("tiny.safetensors");
        ModelFile.save(model, ReferenceWeights.model(Workload.spec(Workload.TINY)));
        EngineRun.Result first = run(model, "onednn/fp32");
        EngineRun.Result second = run(model, "onnx/fp32");
        assertThat(first.agreement()).isEqualTo("the reference");
        assertThat(second.agreement()).endsWith(" of the largest value");
        assertThat(second.precision()).isEqualTo("fp32");
        assertThat(second.millis()).containsOnlyKeys(2, 1);
        assertThat(second.millis().values()).allMatch(ms -> ms > 0);
        assertThat(second.start()).isPositive();
        assertThat(second.peak()).isGreaterThan(1 << 20);
    }

    @Test
    void nothingIsTimedThatComputesSomethingElse() throws IOException {
        Path model = folder.resolve("tiny.safetensors");
        ModelFile.save(model, ReferenceWeights.model(Workload.spec(Workload.TINY)));
        run(model, "onednn/fp32");
        Path reference = folder.resolve("reference.f32");
        byte[] bytes = Files.readAllBytes(reference);
        bytes[0] ^= 0x40; // the sign and the exponent's top
        Files.write(reference, bytes);
        assertThatThrownBy(() -> run(model, "onnx/fp32"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not those of the first engine");
    }

    @Test
    void agreementIsRelativeInFloat32AndByAngleInShorterFormats() {
        float[] reference = {1, 2, 3, 4};
        assertThat(Agreement.check(new float[] {1, 2, 3, 4.003f}, reference, 2, Precision.FP32))
                .isEqualTo("7.5e-04 of the largest value");
        assertThatThrownBy(() -> Agreement.check(new float[] {1, 2, 3, 4.005f}, reference, 2, Precision.FP32))
                .hasMessageContaining("at most 0.001 in fp32");
        assertThat(Agreement.apart(FloatBuffer.wrap(new float[] {Float.NaN, 2, 3, 4}), reference))
                .isNaN();
        assertThatThrownBy(() -> Agreement.check(new float[] {1, Float.NaN, 3, 4}, reference, 2, Precision.FP32))
                .hasMessageContaining("NaN");
        assertThat(Agreement.check(new float[] {2, 4, 3, 4}, reference, 2, Precision.BF16))
                .isEqualTo("cosine 1.0000");
        assertThatThrownBy(() -> Agreement.check(new float[] {1, 2, 4, 3}, reference, 2, Precision.BF16))
                .hasMessageContaining("cosine 0.9600");
    }

    @Test
    void theProductOfMatricesHasARateInEveryFormatThatEnginesUse() {
        Map<Precision, Double> rates = ProductRate.rates(64, 0.01);
        assertThat(rates).containsKey(Precision.FP32);
        assertThat(rates.values()).allMatch(rate -> rate > 0 && Double.isFinite(rate));
    }

    @Test
    void theTableRelatesEachRoundToTheFastestVariantOfAPeer() {
        Map<Contender, List<EngineRun.Result>> results = new LinkedHashMap<>();
        results.put(contender("onednn/fp32", ""), List.of(result("fp32", 800, 40), result("fp32", 1000, 50)));
        results.put(contender("onednn/bf16", ""), List.of(result("fp32", 800, 40), result("fp32", 1000, 50)));
        results.put(contender("onnxruntime/fp32", ""), List.of(result("fp32", 3200, 80), result("fp32", 3200, 80)));
        results.put(
                contender("onnxruntime/fp32", "tuned"), List.of(result("fp32", 1600, 160), result("fp32", 4000, 160)));
        List<Map<Precision, Double>> rates = List.of(Map.of(Precision.FP32, 500.0), Map.of(Precision.FP32, 1000.0));
        String table = new ComparisonTable(20, rates, results).toMarkdown();
        assertThat(table.lines())
                .contains(
                        "Large matrix product in fp32: 750 (500-1000) GFLOP/s, so that an image takes at least 30.0 (20.0-40.0) ms.",
                        "| onednn/fp32 | 56.3 (50.0-62.5) | 0.38 (0.25-0.50) |  | 0.56 (0.32-0.80)"
                                + " | 45.0 (40.0-50.0) | 0.56 (0.50-0.63) |  | 1.50 (1.50-1.50) | 7.00 (7.00-7.00) | same |")
                .anyMatch(line -> line.startsWith("| onednn/bf16 (in fp32) | 56.3 (50.0-62.5) |  |  | 0.56"));
    }

    @Test
    void peersAreAskedForOnlyWhereTheyAre() {
        assertThat(Contender.all(false)).noneMatch(c -> c.engine().equals(Contender.DJL));
        assertThat(Contender.all(true)).anyMatch(c -> c.engine().equals(Contender.DJL));
        assertThat(Contender.all(true).stream().map(Contender::label)).doesNotHaveDuplicates();
    }

    private static Contender contender(String choice, String variant) {
        return new Contender(choice, variant, "", Map.of());
    }

    private static EngineRun.Result result(String precision, double large, double small) {
        return new EngineRun.Result(precision, "same", 1.5, Map.of(16, large, 1, small), 7_000_000);
    }

    private EngineRun.Result run(Path model, String engine) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            EngineRun.main(
                    "model=" + model,
                    "engine=" + engine,
                    "seconds=0.01",
                    "batches=2,1",
                    "reference=" + folder.resolve("reference.f32"));
        } finally {
            System.setOut(before);
        }
        return new Gson().fromJson(bytes.toString(StandardCharsets.UTF_8), EngineRun.Result.class);
    }
}
