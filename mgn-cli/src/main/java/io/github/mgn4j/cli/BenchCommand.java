package io.github.mgn4j.cli;

import com.google.gson.JsonObject;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measure the feature network's speed on random images, without decoding and flip. Without --engine,"
                        + " --precision and --json, compares all available engines.")
final class BenchCommand implements Callable<Integer> {
    /** Number of identities in the training set of Market-1501. */
    private static final int CLASSES = 751;

    /** Precisions that need a model's activation ranges. */
    private static final Set<Precision> SCALED = EnumSet.of(Precision.FP8, Precision.INT8);

    private static final int MAX_NEIGHBOURS = 1024;

    private final Terminal terminal;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Model file (default: the article's network with random weights).")
    private @Nullable Path model;

    @Option(names = "--engine", paramLabel = "E", description = "As for extract (default: auto).")
    private @Nullable String engine;

    @Option(names = "--precision", paramLabel = "P", description = "As for extract (default: fp32).")
    private @Nullable Precision precision;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "16",
            description = "Images per batch (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "Seconds to measure (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--tune",
            description =
                    "Let the engine measure its kernels first and store the fastest for later calls. Engines without a"
                            + " choice of kernels ignore this.")
    private boolean tune;

    @Option(
            names = "--neighbours",
            paramLabel = "N",
            description =
                    "Measure a second time while N other processes keep a core each busy, as on a shared machine.")
    private int neighbours;

    @Mixin
    private JsonOption json;

    @Mixin
    private DeviceOptions devices = new DeviceOptions();

    @Mixin
    private OutputOptions output;

    BenchCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
        json = new JsonOption(terminal);
    }

    @Override
    public Integer call() throws IOException {
        if (!(seconds > 0 && seconds <= 86_400)) {
            throw new IllegalArgumentException("--seconds must be above 0 and at most 86400, not " + seconds);
        }
        if (neighbours < 0 || neighbours > MAX_NEIGHBOURS) {
            throw new IllegalArgumentException(
                    "--neighbours must be from 0 to %d, not %d".formatted(MAX_NEIGHBOURS, neighbours));
        }
        json.check(output);
        Model loaded = model == null ? WeightInit.initialise(MgnSpec.mgn(CLASSES), 1) : ModelFile.load(model);
        JsonObject result = measure(
                Objects.requireNonNullElse(engine, Engines.AUTO),
                Objects.requireNonNullElse(precision, Precision.FP32),
                loaded,
                devices.list());
        json.write(Json.text(result), Json.text(result));
        if (engine == null && precision == null && !json.isGiven()) {
            compare(loaded, result);
        }
        return 0;
    }

    /** Prints a line for every engine and precision available here. Ratios are relative to the first measurement. */
    private void compare(Model loaded, JsonObject first) throws IOException {
        terminal.say("%-14s %-6s %12s %10s %8s".formatted("engine", "", "ms/image", "images/s", "time")
                + (neighbours > 0 ? "%11s %7s".formatted("busy", "ratio") : ""));
        for (EngineProvider provider : Engines.providers()) {
            for (Precision candidate :
                    provider.available() ? new TreeSet<>(provider.precisions()) : Set.<Precision>of()) {
                String line = "%-14s %-6s ".formatted(provider.name(), candidate.label());
                if (SCALED.contains(candidate) && loaded.ranges() == null) {
                    terminal.say(line + "calibrate the model to have it: mgn calibrate");
                    continue;
                }
                try {
                    boolean measured = is(first, "engine", provider.name()) && candidate == Precision.FP32;
                    terminal.say(line
                            + comparison(measured ? first : measure(provider, candidate, loaded), candidate, first));
                } catch (EngineException e) { // not possible on this machine; others may be
                    terminal.say(line + Failures.sentence(e));
                }
            }
        }
    }

    private static String comparison(JsonObject found, Precision wanted, JsonObject first) {
        double millis = found.get("ms_per_image").getAsDouble();
        return "%12.2f %10.1f %7.2fx%s%s"
                .formatted(
                        millis,
                        found.get("images_per_second").getAsDouble(),
                        millis / first.get("ms_per_image").getAsDouble(),
                        found.has("busy_ratio")
                                ? "%11.2f %6.2fx"
                                        .formatted(
                                                found.get("busy_mean_ms_per_image")
                                                        .getAsDouble(),
                                                found.get("busy_ratio").getAsDouble())
                                : "",
                        is(found, "precision", wanted.label())
                                ? ""
                                : " (in %s)".formatted(found.get("precision").getAsString()));
    }

    private static boolean is(JsonObject json, String key, String value) {
        return json.get(key).getAsString().equals(value);
    }

    /** Measures an engine, on the named devices if it has any. */
    private JsonObject measure(EngineProvider provider, Precision wanted, Model loaded) throws IOException {
        return measure(provider.name(), wanted, loaded, provider.devices() > 0 ? devices.list() : List.of(0));
    }

    private JsonObject measure(String name, Precision wanted, Model loaded, List<Integer> on) throws IOException {
        try (Engine opened = Engines.open(name, loaded, new EngineOptions(wanted, batch).withTune(tune), on)) {
            EngineSpeed speed = EngineSpeed.measure(opened, batch, seconds);
            JsonObject result = new JsonObject();
            result.addProperty("engine", opened.name());
            result.addProperty("precision", opened.precision().label());
            result.addProperty("batch", batch);
            result.addProperty("input", speed.input());
            result.addProperty("concurrency", speed.concurrency());
            result.addProperty("threads", Runtime.getRuntime().availableProcessors());
            result.addProperty("ms_per_image", speed.millisPerImage());
            result.addProperty("images_per_second", 1000 / speed.millisPerImage());
            if (neighbours > 0) {
                addBusy(result, opened, speed);
            }
            result.addProperty("peak_rss_bytes", peakResidentBytes());
            return result;
        }
    }

    /** Measures again beside busy neighbours. Compares means, because medians leave out the batches that wait longest. */
    private void addBusy(JsonObject result, Engine opened, EngineSpeed quiet) throws IOException {
        try (Neighbours busy = new Neighbours(neighbours)) {
            EngineSpeed speed = EngineSpeed.measure(opened, batch, seconds);
            if (busy.running().size() < neighbours) {
                throw new IOException("a busy neighbour ended during the measurement");
            }
            result.addProperty("neighbours", neighbours);
            result.addProperty("quiet_mean_ms_per_image", quiet.meanMillisPerImage());
            result.addProperty("busy_mean_ms_per_image", speed.meanMillisPerImage());
            result.addProperty("busy_ratio", speed.meanMillisPerImage() / quiet.meanMillisPerImage());
        }
    }

    /** Returns the largest resident set so far as reported by Linux; null elsewhere. */
    private static @Nullable Long peakResidentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return null;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmHWM:")) {
                return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return null;
    }
}
