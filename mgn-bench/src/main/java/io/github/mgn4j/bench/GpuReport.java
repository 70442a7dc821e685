package io.github.mgn4j.bench;

import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs {@link GpuBenchmark} in JMH and writes a Markdown table to standard output. JMH's own log goes to the file of
 * its option {@code -o}. Arguments are JMH's: {@code hostFloats -p engine=onnx-cuda -p batch=1,64 -p precision=fp16 -r
 * 2}; without a name, all benchmarks run. The exit code is 1 if a measurement failed or had wrong features.
 */
public final class GpuReport {
    private static final List<String> METHODS = List.of("deviceResident", "hostFloats", "hostPixels");

    private GpuReport() {}

    public static void main(String... args) throws IOException, RunnerException, CommandLineOptionException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(out, args) ? 0 : 1);
    }

    /** Returns whether all measurements succeeded. */
    static boolean run(PrintStream out, String... args)
            throws IOException, RunnerException, CommandLineOptionException {
        CommandLineOptions options = new CommandLineOptions(args);
        Path notes = Files.createTempFile("mgn-gpu", ".txt");
        Path log = Path.of(options.getOutput().orElse(System.getProperty("java.io.tmpdir") + "/gpu-jmh.log"));
        System.setProperty(GpuBenchmark.NOTES, notes.toString()); // for -f 0
        try {
            out.printf("Java %s, JMH log in %s%nbefore: %s%n%n", Runtime.version(), log, Gpu.clocks());
            ChainedOptionsBuilder all = new OptionsBuilder()
                    .parent(options)
                    .jvmArgsAppend("-D" + GpuBenchmark.NOTES + "=" + notes)
                    .shouldFailOnError(false)
                    .output(log.toString());
            if (options.getIncludes().isEmpty()) {
                all.include(GpuBenchmark.class.getName().replace(".", "\\.") + "\\.");
            }
            Collection<RunResult> results = new Runner(all.build()).run();
            out.print(table(results));
            out.println();
            List<String> lines = Files.readAllLines(notes).stream().distinct().toList();
            lines.forEach(line -> out.println("- " + line));
            out.println("- after: " + Gpu.clocks());
            boolean good = !results.isEmpty() && lines.stream().noneMatch(line -> line.startsWith(GpuBenchmark.FAILED));
            out.println(good ? "\nOK" : "\nFAILED");
            return good;
        } finally {
            System.clearProperty(GpuBenchmark.NOTES);
            Files.delete(notes);
        }
    }

    /** Returns a row for every engine, precision, variant and batch; cells without a measurement stay empty. */
    private static String table(Collection<RunResult> results) {
        Map<List<String>, Map<String, RunResult>> rows = new LinkedHashMap<>();
        for (RunResult result : results) {
            BenchmarkParams params = result.getParams();
            String method =
                    params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
            List<String> key = List.of(
                    params.getParam("engine"),
                    params.getParam("precision"),
                    params.getParam("variant"),
                    params.getParam("batch"),
                    params.getParam("network"));
            rows.computeIfAbsent(key, k -> new TreeMap<>()).put(method, result);
        }
        StringBuilder text =
                new StringBuilder("| engine | precision | variant | batch | device-resident images/s | TFLOP/s"
                        + " | host floats images/s | host pixels images/s | device-resident ms, median / p99"
                        + " | host floats ms, median / p99 |\n|---|---|---|---|---|---|---|---|---|---|\n");
        rows.forEach((key, row) -> {
            int batch = Integer.parseInt(key.get(3));
            MgnSpec spec = GpuNetwork.spec(key.get(4));
            double flops = 2.0 * NetworkSummary.of(spec).macsWithoutClassifiers();
            text.append("| ").append(String.join(" | ", key.subList(0, 4)));
            cell(text, row.get(METHODS.get(0)), r -> format("%.1f", 1000 * batch / median(r)));
            cell(text, row.get(METHODS.get(0)), r -> format("%.2f", flops * batch / median(r) / 1e9));
            cell(text, row.get(METHODS.get(1)), r -> format("%.1f", 1000 * batch / median(r)));
            cell(text, row.get(METHODS.get(2)), r -> format("%.1f", 1000 * batch / median(r)));
            cell(text, row.get(METHODS.get(0)), GpuReport::latency);
            cell(text, row.get(METHODS.get(1)), GpuReport::latency);
            text.append(" |\n");
        });
        return text.toString();
    }

    private static void cell(StringBuilder text, @Nullable RunResult result, Function<RunResult, String> form) {
        text.append(" | ").append(result == null ? "" : form.apply(result));
    }

    private static String latency(RunResult result) {
        return format("%.2f / %.2f", median(result), statistics(result).getPercentile(99));
    }

    /** Returns milliseconds per batch. */
    private static double median(RunResult result) {
        return statistics(result).getPercentile(50);
    }

    private static Statistics statistics(RunResult result) {
        Result<?> primary = result.getPrimaryResult();
        return primary.getStatistics();
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
