package io.github.mgn4j.bench;

import com.google.common.base.Splitter;
import io.github.mgn4j.cudnn.CudnnEngine;
import io.github.mgn4j.cudnn.ResidentBatch;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.spec.NetworkSummary;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the cudnn engine on a GPU that is available for minutes only: one process, which prints each result at once.
 * Arguments are {@code PRECISION:tune|heuristic:BATCH,BATCH...}. Each is checked against PyTorch's float64 features and
 * then timed: the median of 30 batches in the device's memory, by the device's clock and by the host's, and pixels from
 * the host by two threads for a second.
 */
public final class CudnnReport {
    private static final int RUNS = 30;
    private static final long SECOND = 1_000_000_000L;
    private static final int LARGEST = 256;

    /** Every precision's features are closer to PyTorch's than this. */
    private static final double LEAST_COSINE = 0.99;

    private final PrintStream out;
    private final GpuNetwork network = GpuNetwork.named("mgn");
    private boolean good = true;

    private CudnnReport(PrintStream out) {
        this.out = out;
    }

    public static void main(String... args) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("before: " + Gpu.clocks());
        CudnnReport report = new CudnnReport(out);
        for (String argument : args) {
            try {
                report.run(argument);
            } catch (EngineException e) {
                out.println("FAILED " + argument + ": " + e.getMessage());
                report.good = false;
            }
        }
        out.println("after: " + Gpu.clocks());
        System.exit(report.good ? 0 : 1);
    }

    private void run(String argument) throws IOException, InterruptedException {
        List<String> parts = Splitter.on(':').splitToList(argument);
        if (parts.get(1).equals("opens")) {
            opens(parts.get(0), Integer.parseInt(parts.get(2)));
            return;
        }
        try (CudnnEngine engine =
                CudnnRun.engine(network, parts.get(0), LARGEST, parts.get(1).equals("tune"))) {
            line("%s opened", argument);
            check(engine, 1, true);
            check(engine, FormulaInputs.KNOWN, true);
            for (String batch : Splitter.on(',').split(parts.get(2))) {
                measure(engine, parts.get(0), Integer.parseInt(batch));
            }
        }
    }

    /** Opens and closes engines, each with a batch, and prints the memory in use after each quarter of them. */
    private void opens(String precision, int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            try (CudnnEngine engine = CudnnRun.engine(network, precision, 1, false)) {
                check(engine, 1, i == 1);
            }
            if (i * 4 % count < 4) {
                line("  %d engines opened and closed; in use on the GPU: %s", i, Gpu.memory());
            }
        }
    }

    private void line(String text, Object... values) {
        long start = ManagementFactory.getRuntimeMXBean().getStartTime();
        out.printf(Locale.ROOT, "[%.1f s] ", (System.currentTimeMillis() - start) / 1e3);
        out.printf(Locale.ROOT, text + "%n", values);
    }

    /** Compares features with PyTorch's. */
    private void check(CudnnEngine engine, int batch, boolean print) throws IOException {
        FloatBuffer features = Buffers.allocate((long) batch * engine.spec().featureLength());
        engine.run(FormulaInputs.images(engine.spec(), batch, engine.inputLayout()), batch, features);
        float[] expected = network.expected(batch, false);
        float[] found = new float[expected.length];
        features.get(found);
        double cosine = Agreement.cosine(found, expected, engine.spec().featureLength());
        boolean right = cosine > LEAST_COSINE;
        good &= right;
        if (print || !right) {
            line(
                    "  batch %d: features %.1e of the largest apart, cosine %.6f%s",
                    batch, Agreement.apart(features.rewind(), expected), cosine, right ? "" : ": WRONG");
        }
    }

    private void measure(CudnnEngine engine, String precision, int batch) throws InterruptedException {
        ByteBuffer pixels = CudnnRun.pixels(engine, batch);
        long start = System.nanoTime();
        double[] device = new double[RUNS];
        double[] host = new double[RUNS];
        double compiled;
        try (ResidentBatch resident = engine.resident(pixels, batch, false)) {
            resident.run();
            compiled = (System.nanoTime() - start) / 1e9;
            resident.run();
            for (int i = 0; i < RUNS; i++) {
                device[i] = resident.milliseconds();
            }
            for (int i = 0; i < RUNS; i++) {
                long begin = System.nanoTime();
                resident.run();
                host[i] = (System.nanoTime() - begin) / 1e6;
            }
        }
        double ms = median(device);
        double gflop = 2e-9 * NetworkSummary.of(engine.spec()).macsWithoutClassifiers() * batch;
        line(
                "  %s batch %d: %.3f ms (%.3f to %.3f; %.3f for the host), %.0f images/s, %.0f TFLOP/s; pixels from the host"
                        + " %.0f images/s; compiled in %.1f s",
                precision,
                batch,
                ms,
                device[0],
                device[RUNS - 1],
                median(host),
                1000 * batch / ms,
                gflop / ms,
                fromHost(engine, pixels, batch),
                compiled);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** Returns images per second with as many callers as the engine benefits from. */
    private static double fromHost(CudnnEngine engine, ByteBuffer pixels, int batch) throws InterruptedException {
        engine.run(
                pixels,
                batch,
                false,
                Buffers.allocate((long) batch * engine.spec().featureLength()));
        AtomicLong images = new AtomicLong();
        long begin = System.nanoTime();
        Thread[] callers = new Thread[engine.concurrency()];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = new Thread(() -> {
                FloatBuffer features =
                        Buffers.allocate((long) batch * engine.spec().featureLength());
                while (System.nanoTime() < begin + SECOND) {
                    engine.run(pixels, batch, false, features);
                    images.addAndGet(batch);
                }
            });
            callers[i].start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
        return images.get() / ((System.nanoTime() - begin) / 1e9);
    }
}
