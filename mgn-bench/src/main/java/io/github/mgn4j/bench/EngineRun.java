package io.github.mgn4j.bench;

import com.google.common.base.Splitter;
import com.google.gson.Gson;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measures one engine in one precision and prints a {@link Result} as a line of JSON. A program, because {@link
 * EngineComparison} runs each engine in a process of its own.
 */
public final class EngineRun {
    private static final int CHECKED = 4;
    private static final int LEAST_RUNS = 5;
    private static final int LEAST_WARM_UP = 3;

    private EngineRun() {}

    /**
     * The result of a measurement.
     *
     * @param precision the precision that was actually used
     * @param agreement agreement of the features with the reference's
     * @param start seconds from the beginning of the program to the first feature
     * @param millis median milliseconds per batch, by its size
     * @param peak largest resident set of the process in bytes
     */
    record Result(String precision, String agreement, double start, Map<Integer, Double> millis, long peak) {}

    /**
     * Options as {@code name=value}: {@code model}, {@code engine} (as onednn/bf16), {@code seconds} per figure, {@code
     * batches}, {@code reference}: a file of features, which is written if it is missing and otherwise compared with
     * before anything is timed.
     */
    public static void main(String... args) throws IOException {
        long begin = System.nanoTime();
        Map<String, String> options = Splitter.on('\n')
                .withKeyValueSeparator(Splitter.on('=').limit(2))
                .split(String.join("\n", args));
        List<Integer> batches = Splitter.on(',')
                .splitToStream(option(options, "batches"))
                .map(Integer::valueOf)
                .toList();
        Model model = ModelFile.load(Path.of(option(options, "model")));
        int largest = batches.stream().mapToInt(b -> b).max().orElse(1);
        try (Engine engine = Workload.open(option(options, "engine"), model, Math.max(largest, CHECKED))) {
            FloatBuffer one = Buffers.allocate(
                    3L * model.spec().input().height() * model.spec().input().width());
            FloatBuffer first = FloatBuffer.allocate(model.spec().featureLength());
            engine.run(one, 1, first);
            double start = (System.nanoTime() - begin) / 1e9;
            String agreement = agreement(engine, Path.of(option(options, "reference")));
            double seconds = Double.parseDouble(option(options, "seconds"));
            Map<Integer, Double> millis = new LinkedHashMap<>();
            for (int batch : batches) {
                millis.put(batch, median(new Workload(engine, batch), seconds));
            }
            System.out.println(new Gson()
                    .toJson(new Result(
                            Workload.name(engine.precision()), agreement, start, millis, peakResidentBytes())));
        }
    }

    private static String option(Map<String, String> options, String name) {
        return Objects.requireNonNull(options.get(name), name);
    }

    private static String agreement(Engine engine, Path reference) throws IOException {
        FloatBuffer measured = new Workload(engine, CHECKED).run();
        float[] features = new float[measured.limit()];
        measured.get(0, features);
        if (!Files.exists(reference)) {
            ByteBuffer bytes = ByteBuffer.allocate(features.length * Float.BYTES);
            bytes.asFloatBuffer().put(features);
            Files.write(reference, bytes.array());
            return "the reference";
        }
        float[] expected = new float[Math.toIntExact(Files.size(reference) / Float.BYTES)];
        ByteBuffer.wrap(Files.readAllBytes(reference)).asFloatBuffer().get(expected);
        return Agreement.check(features, expected, engine.spec().featureLength(), engine.precision());
    }

    /** Returns milliseconds per batch, after warming up for half as long. */
    private static double median(Workload workload, double seconds) {
        millis(workload, seconds / 2, LEAST_WARM_UP);
        List<Double> measured = millis(workload, seconds, LEAST_RUNS);
        return measured.stream().sorted().toList().get(measured.size() / 2);
    }

    private static List<Double> millis(Workload workload, double seconds, int minRuns) {
        List<Double> measured = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (measured.size() < minRuns || System.nanoTime() < end) {
            long start = System.nanoTime();
            workload.run();
            measured.add((System.nanoTime() - start) / 1e6);
        }
        return measured;
    }

    /** Returns the process's largest resident set so far as reported by Linux; 0 elsewhere. */
    private static long peakResidentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
