package io.github.mgn4j.bench;

import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import com.google.gson.reflect.TypeToken;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.spec.NetworkSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Measures engines and, if they were built in, their peers in turn, round by round, each in a process of its own with
 * one thread per core of this process, and prints a {@link ComparisonTable}. Only engines that compute the same
 * features as the first one are timed.
 */
public final class EngineComparison {
    private static final int PRODUCT = 2048;
    private static final double PRODUCT_SECONDS = 1;
    private static final String BATCHES = ComparisonTable.LARGE + ",1";

    private final Path model;
    private final Path files;
    private final String seconds;
    private final String cores = cores();
    private final Map<Contender, List<EngineRun.Result>> results = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    private EngineComparison(Path model, Path files, String seconds) {
        this.model = model;
        this.files = files;
        this.seconds = seconds;
    }

    /**
     * Arguments: model file, folder for the reference and with the peers' files, rounds, seconds per figure, and a
     * regular expression that the contenders' names must contain.
     */
    public static void main(String... args) throws IOException, InterruptedException {
        EngineComparison comparison = new EngineComparison(Path.of(args[0]), Path.of(args[1]), args[3]);
        comparison.run(Integer.parseInt(args[2]), Pattern.compile(args[4]).asPredicate());
    }

    private void run(int rounds, Predicate<String> filter) throws IOException, InterruptedException {
        boolean peers = Engines.providers().stream().map(EngineProvider::name).anyMatch(Contender.DJL::equals);
        List<Contender> contenders = new ArrayList<>(Contender.all(peers));
        // The first contender computes the reference.
        contenders.removeIf(c -> contenders.indexOf(c) > 0 && !filter.test(c.label()));
        Files.deleteIfExists(reference());
        List<Map<Precision, Double>> rates = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            say("round %d of %d, load %s".formatted(round, rounds, load()));
            rates.add(rates());
            for (Contender contender : List.copyOf(contenders)) {
                String line = lastLine(process(contender));
                try {
                    EngineRun.Result result = new Gson().fromJson(line, EngineRun.Result.class);
                    results.computeIfAbsent(contender, c -> new ArrayList<>()).add(result);
                    say("  " + contender.label() + ": " + line);
                } catch (JsonSyntaxException e) {
                    failures.add(contender.label() + " left out: " + line);
                    say("  " + failures.get(failures.size() - 1));
                    contenders.remove(contender);
                    results.remove(contender);
                }
            }
        }
        double gflop = 2e-9 * NetworkSummary.of(ModelFile.load(model).spec()).macs();
        System.out.println(new ComparisonTable(gflop, rates, results).toMarkdown());
        failures.forEach(System.out::println);
    }

    private Path reference() {
        return files.resolve("reference.f32");
    }

    private Map<Precision, Double> rates() throws IOException, InterruptedException {
        ProcessBuilder process = java(ProductRate.class, "", List.of("" + PRODUCT, "" + PRODUCT_SECONDS));
        String line = lastLine(process);
        say("  matrix product: " + line);
        return new Gson().fromJson(line, new TypeToken<Map<Precision, Double>>() {}.getType());
    }

    private ProcessBuilder process(Contender contender) {
        ProcessBuilder process = java(
                EngineRun.class,
                contender.files(),
                List.of(
                        "model=" + model,
                        "engine=" + contender.choice(),
                        "seconds=" + seconds,
                        "batches=" + BATCHES,
                        "reference=" + reference()));
        process.environment().putAll(contender.environment());
        if (contender.isPeer()) { // only peers: the Java threads of the project's engines would inherit a single core
            process.environment().put("GOMP_CPU_AFFINITY", cores);
        }
        return process;
    }

    private ProcessBuilder java(Class<?> program, String folder, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-XX:+UseParallelGC",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-Dorg.bytedeco.javacpp.logger=slf4j",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-Dmgn.peers=" + files.resolve(folder),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(arguments);
        ProcessBuilder process = new ProcessBuilder(command);
        Map<String, String> environment = process.environment();
        environment.keySet().removeIf(name -> name.startsWith("MALLOC_") || name.equals("GLIBC_TUNABLES"));
        environment.put("OMP_NUM_THREADS", "" + Runtime.getRuntime().availableProcessors());
        environment.put("DJL_CACHE_DIR", files.resolve("djl").toString());
        environment.put("DJL_OFFLINE", "true");
        return process.redirectErrorStream(true);
    }

    /** Returns the last line of a process's output: its result, or the reason why there is none. */
    private static String lastLine(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        Thread end = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(end);
        process.getOutputStream().close();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        int code = process.waitFor();
        Runtime.getRuntime().removeShutdownHook(end);
        return code == 0 && !lines.isEmpty()
                ? lines.get(lines.size() - 1)
                : lines.stream()
                        .filter(line -> line.startsWith("Exception in thread"))
                        .findFirst()
                        .orElse("exit code " + code);
    }

    /** Returns the cores of this process, as {@code 0-1}. */
    private static String cores() {
        return status("Cpus_allowed_list:");
    }

    private static String status(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(key.length()).strip())
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new IllegalStateException("processes are pinned to cores on Linux only", e);
        }
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    }

    private static void say(String line) {
        System.err.println(line);
    }
}
