package io.github.mgn4j.bench;

import io.github.mgn4j.engine.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Speed of the feature network on a GPU: every batch's time, for throughput and latency alike. Weights and images are
 * computed by formula and ONNX files are written on the spot. Before timing, the features are compared with those that
 * PyTorch computed in float64 on a CPU, which are a resource. {@link GpuReport} runs it and writes the table.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@NullUnmarked // JMH fills the fields
public class GpuBenchmark {
    /** System property: file that lines about correctness and clocks are appended to. */
    static final String NOTES = "mgn.gpu.notes";

    /** Prefix of the line of a measurement that failed. */
    static final String FAILED = "FAILED ";

    /** cudnn; onnx-cuda, onnx-tensorrt, onnx (a rehearsal on a CPU); samediff on ND4J's backend, for {@link #hostFloats} in fp32. */
    @Param("cudnn")
    public String engine;

    /** fp32 (exact products), tf32, fp16; for cudnn also bf16, fp8 and int8. */
    @Param({"fp32", "tf32", "fp16"})
    public String precision;

    /** Options of the execution provider as {@code name:value}, several joined by +; or default. */
    @Param("default")
    public String variant;

    /** Images per batch. */
    @Param({"1", "16", "64", "256"})
    public int batch;

    /** mgn, or tiny for a rehearsal. */
    @Param("mgn")
    public String network;

    private GpuRun run;

    @Setup(Level.Trial)
    public void open(BenchmarkParams params) throws IOException {
        String method = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
        String what = "%s %s %s %s".formatted(engine, precision, variant, method);
        try {
            GpuNetwork formula = GpuNetwork.named(network);
            run = switch (engine) {
                case "cudnn" -> CudnnRun.open(formula, precision, method, batch);
                case "samediff" -> BackendRun.open(formula, engine, precision, method, batch);
                default -> SessionRun.open(formula, engine, precision, variant, method, batch);
            };
            OptionalDouble apart = run.distance();
            double limit = switch (precision) {
                case "fp32" -> 1e-3;
                case "fp8", "int8" -> 2e-1;
                default -> 5e-2;
            };
            if (apart.isEmpty()) {
                note(what + ": features not checked, nobody else's are known");
                return;
            }
            if (!(apart.getAsDouble() < limit)) {
                throw new EngineException("features differ by %.1e of the largest, at most %s expected"
                        .formatted(apart.getAsDouble(), limit));
            }
            note("%s: features differ by about %.0e of the largest".formatted(what, apart.getAsDouble()));
        } catch (IOException | RuntimeException e) {
            note(FAILED + what + ", batch " + batch + ": " + e.getMessage());
            throw e;
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        note("%s %s %s, batch %d, %s: %s".formatted(engine, precision, variant, batch, run.runtime(), Gpu.clocks()));
        run.close();
    }

    /**
     * Images stay on the device (for ONNX Runtime, one is copied and repeated there), so that hardly anything is
     * copied.
     */
    @Benchmark
    public void deviceResident() {
        run.once();
    }

    /** Normalised float32 images are read from memory outside the heap; features are copied back. */
    @Benchmark
    public void hostFloats() {
        run.once();
    }

    /** The images as bytes, normalised on the device. */
    @Benchmark
    public void hostPixels() {
        run.once();
    }

    private static void note(String line) throws IOException {
        String file = System.getProperty(NOTES);
        if (file != null) {
            Files.writeString(
                    Path.of(file),
                    line.replaceAll("\\s*\\R\\s*", " ") + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }
}
