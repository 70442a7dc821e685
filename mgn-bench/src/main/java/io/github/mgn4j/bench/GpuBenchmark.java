package io.github.mgn4j.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.common.base.Splitter;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.onnx.OnnxDevice;
import io.github.mgn4j.onnx.OnnxExporter;
import io.github.mgn4j.onnx.OnnxInput;
import io.github.mgn4j.onnx.OnnxOptions;
import io.github.mgn4j.onnx.OnnxSessions;
import io.github.mgn4j.onnx.OnnxSettings;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.weights.FormulaWeights;
import io.github.mgn4j.weights.Model;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The feature network's speed in ONNX Runtime on a GPU, as a Markdown table on standard output. Needs nothing but this project's
 * classes and ONNX Runtime: weights and images are made by formula, the ONNX files on the spot, and the features that a run has
 * to give, computed in float64 by PyTorch on a CPU, come along. Correctness is checked first; exit code 1 if it fails.
 *
 * <p>Device-resident: the file takes one image and repeats it on the device. Host: images go in from direct buffers of the heap
 * outside, as normalised floats or as pixels, and features come back.
 */
public final class GpuBenchmark {
    private static final String DEFAULT = "default";
    private static final double TOLERANCE = 1e-3;
    private static final double HALF_TOLERANCE = 5e-2;

    private final OnnxDevice device;
    private final Model model;
    private final String reference;
    private final List<Integer> batches;
    private final List<String> precisions;
    private final List<String> variants;
    private final double seconds;
    private final Path folder;
    private final PrintStream out;
    /** What is printed below the table. */
    private final List<String> notes = new ArrayList<>();

    private boolean correct = true;

    private GpuBenchmark(Map<String, String> options, Path folder, PrintStream out) {
        String engine = options.getOrDefault("engine", "onnx-cuda");
        device = Arrays.stream(OnnxDevice.values())
                .filter(d -> d.engine().equals(engine))
                .findFirst()
                .orElseThrow(() -> new EngineException("unknown engine '" + engine + "'"));
        boolean tiny = options.getOrDefault("network", "mgn").equals("tiny");
        MgnSpec spec = tiny
                ? MgnSpec.mgn(2).toBuilder()
                        .backbone(50, 1.0 / 16)
                        .input(96, 32)
                        .embedding(16)
                        .build()
                : MgnSpec.mgn(2);
        model = FormulaWeights.model(spec);
        reference = tiny ? "tiny-max.f32" : "full-max.f32";
        batches = list(options.getOrDefault("batches", "1,16,64,256")).stream()
                .map(Integer::valueOf)
                .toList();
        precisions = list(options.getOrDefault("precisions", "fp32,tf32,fp16"));
        variants = list(options.getOrDefault("variants", DEFAULT + ",prefer_nhwc=1"));
        seconds = Double.parseDouble(options.getOrDefault("seconds", "1"));
        this.folder = folder;
        this.out = out;
    }

    private static List<String> list(String text) {
        return Splitter.on(',').trimResults().omitEmptyStrings().splitToList(text);
    }

    /**
     * Options as {@code name=value}: {@code engine} (onnx, onnx-cuda, onnx-tensorrt), {@code network} (mgn, tiny), {@code batches},
     * {@code precisions} (fp32, tf32, fp16), {@code variants} (options of the execution provider, several joined by +, or default),
     * {@code seconds}.
     */
    public static void main(String... args) throws IOException, OrtException {
        Map<String, String> options = Splitter.on('\n')
                .omitEmptyStrings()
                .withKeyValueSeparator(Splitter.on('=').limit(2))
                .split(String.join("\n", args));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path folder = Files.createTempDirectory("mgn-gpu");
        boolean correct;
        try {
            correct = new GpuBenchmark(options, folder, out).run();
        } catch (EngineException e) {
            out.println("FAILED: " + e.getMessage());
            correct = false;
        } finally {
            try (var files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
        System.exit(correct ? 0 : 1);
    }

    private boolean run() throws IOException, OrtException {
        OrtEnvironment environment = OnnxSessions.environment();
        out.printf(
                "ONNX Runtime %s, Java %s, %s%n",
                environment.getVersion(), System.getProperty("java.version"), device.engine());
        out.println("before: " + clocks());
        out.println();
        out.println("| precision | variant | batch | device-resident images/s | TFLOP/s | host floats images/s"
                + " | host pixels images/s | host floats ms per batch, median / p99 |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (String precision : precisions) {
            for (String variant : variants) {
                try {
                    rows(precision, variant);
                } catch (EngineException | OrtException e) {
                    out.printf("| %s | %s | | FAILED: %s | | | | |%n", precision, variant, e.getMessage());
                    correct &= !variant.equals(DEFAULT);
                }
            }
        }
        out.println();
        notes.forEach(out::println);
        out.println("after: " + clocks());
        out.println(correct ? "OK" : "FAILED");
        return correct;
    }

    private void rows(String precision, String variant) throws IOException, OrtException {
        try (OrtSession floats = session(precision, variant, OnnxInput.NORMALISED, 0);
                OrtSession pixels = session(precision, variant, OnnxInput.PIXELS, 0)) {
            check(precision, variant, floats);
            for (int batch : batches) {
                GpuRuns.Times host = times(floats, OnnxInput.NORMALISED, batch, batch);
                GpuRuns.Times bytes = times(pixels, OnnxInput.PIXELS, batch, batch);
                GpuRuns.Times resident;
                try (OrtSession repeating = session(precision, variant, OnnxInput.NORMALISED, batch)) {
                    resident = times(repeating, OnnxInput.NORMALISED, 1, batch);
                }
                double flops = 2.0 * NetworkSummary.of(model.spec()).macsWithoutClassifiers();
                out.printf(
                        Locale.ROOT,
                        "| %s | %s | %d | %.1f | %.2f | %.1f | %.1f | %.2f / %.2f |%n",
                        precision,
                        variant,
                        batch,
                        1000 * batch / resident.median(),
                        flops * batch / resident.median() / 1e9,
                        1000 * batch / host.median(),
                        1000 * batch / bytes.median(),
                        host.median(),
                        host.p99());
            }
            notes.add("%s %s, measured at: %s".formatted(precision, variant, clocks()));
        }
    }

    private GpuRuns.Times times(OrtSession session, OnnxInput input, int count, int rows) throws OrtException {
        try (GpuRuns runs = new GpuRuns(session, model.spec(), input, count, rows)) {
            return runs.measure(seconds);
        }
    }

    private OrtSession session(String precision, String variant, OnnxInput input, int repeat) throws IOException {
        Precision arithmetic = precision.equals("fp16") ? Precision.FP16 : Precision.FP32;
        Path file = folder.resolve(arithmetic + "-" + input + "-" + repeat + ".onnx");
        OnnxOptions options =
                OnnxOptions.DEFAULT.withPrecision(arithmetic).withInput(input).withRepeat(repeat);
        OnnxExporter.export(model, options, file);
        Map<String, String> provider = variant.equals(DEFAULT)
                ? Map.of()
                : Splitter.on('+').withKeyValueSeparator('=').split(variant);
        OnnxSettings settings =
                OnnxSettings.of(device).withTf32(precision.equals("tf32")).withProvider(provider);
        try {
            return OnnxSessions.open(file, arithmetic, settings);
        } finally {
            Files.delete(file);
        }
    }

    /** Compares with the features that came along. */
    private void check(String precision, String variant, OrtSession session) throws IOException, OrtException {
        float[] expected = expected();
        int count = expected.length / model.spec().dims();
        float[] found;
        try (GpuRuns runs = new GpuRuns(session, model.spec(), OnnxInput.NORMALISED, count, count)) {
            found = runs.run();
        }
        double largest = 0;
        double apart = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            // Written so that NaN counts as far away.
            double distance = Math.abs((double) found[i] - expected[i]);
            apart = distance <= apart ? apart : distance;
        }
        double limit = precision.equals("fp32") ? TOLERANCE : HALF_TOLERANCE;
        boolean near = apart / largest < limit;
        correct &= near;
        notes.add("%s %s: features differ by %.1e of the largest, %s"
                .formatted(
                        precision, variant, apart / largest, near ? "right" : "WRONG, at most " + limit + " expected"));
    }

    private float[] expected() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(GpuBenchmark.class.getResourceAsStream("/reference/" + reference), reference)) {
            FloatBuffer values = ByteBuffer.wrap(in.readAllBytes())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            float[] all = new float[values.remaining()];
            values.get(all);
            return all;
        }
    }

    /** What the driver says about the GPU: a speed means nothing without its clocks. */
    private static String clocks() {
        try {
            Process query = new ProcessBuilder(
                            "nvidia-smi",
                            "--query-gpu=name,driver_version,clocks.sm,clocks.max.sm,clocks.mem,power.draw,temperature.gpu",
                            "--format=csv,noheader")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new String(query.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "no nvidia-smi here";
        }
    }
}
