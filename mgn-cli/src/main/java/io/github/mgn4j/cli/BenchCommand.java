package io.github.mgn4j.cli;

import com.google.gson.JsonObject;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.ModelFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measure the feature network's speed on random images: no decoding, no flip. Without --engine,"
                + " --precision and --json, compares all that there are.")
final class BenchCommand implements Callable<Integer> {
    private static final int WARM_UP_BATCHES = 3;

    private final Terminal terminal;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
    private Path model = Path.of("");

    @Option(names = "--engine", paramLabel = "E", description = "auto, samediff, onednn or onnx (default: auto).")
    private @Nullable String engine;

    @Option(names = "--precision", paramLabel = "P", description = "fp32, fp16, bf16 or int8 (default: fp32).")
    private @Nullable Precision precision;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "16", description = "Images per batch.")
    private int batch;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "10", description = "How long to measure.")
    private double seconds;

    @Mixin
    private JsonOption json;

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
        json.check(output);
        Model loaded = ModelFile.load(model);
        JsonObject result = measure(
                Objects.requireNonNullElse(engine, Engines.AUTO),
                Objects.requireNonNullElse(precision, Precision.FP32),
                loaded);
        json.write(Json.text(result), Json.text(result));
        if (engine == null && precision == null && !json.isGiven()) {
            compare(loaded, result);
        }
        return 0;
    }

    /** A line for every engine and precision that runs here; the ratio is to the one that was measured first. */
    private void compare(Model loaded, JsonObject first) throws IOException {
        terminal.say("%-10s %-6s %12s %10s %8s".formatted("engine", "", "ms/image", "images/s", "time"));
        for (EngineProvider provider : Engines.providers()) {
            for (Precision candidate :
                    provider.available() ? new TreeSet<>(provider.precisions()) : Set.<Precision>of()) {
                if (candidate == Precision.INT8 && loaded.ranges() == null) {
                    terminal.say("%-10s %-6s calibrate the model to have it: mgn quantize"
                            .formatted(provider.name(), "int8"));
                    continue;
                }
                boolean known = is(first, "engine", provider.name()) && candidate == Precision.FP32;
                JsonObject found = known ? first : measure(provider.name(), candidate, loaded);
                terminal.say("%-10s %-6s %12.2f %10.1f %7.2fx%s"
                        .formatted(
                                provider.name(),
                                name(candidate),
                                found.get("ms_per_image").getAsDouble(),
                                found.get("images_per_second").getAsDouble(),
                                found.get("ms_per_image").getAsDouble()
                                        / first.get("ms_per_image").getAsDouble(),
                                is(found, "precision", name(candidate)) ? "" : " (in fp32)"));
            }
        }
    }

    private static boolean is(JsonObject json, String key, String value) {
        return json.get(key).getAsString().equals(value);
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    private JsonObject measure(String name, Precision wanted, Model loaded) throws IOException {
        try (Engine opened = Engines.open(name, loaded, new EngineOptions(wanted, batch))) {
            return measure(opened);
        }
    }

    private JsonObject measure(Engine opened) throws IOException {
        MgnSpec spec = opened.spec();
        long perImage = 3L * spec.input().height() * spec.input().width();
        long most = Integer.MAX_VALUE / Float.BYTES / perImage;
        if (batch > most) {
            throw new IllegalArgumentException("--batch must be at most " + most + " for this network, not " + batch);
        }
        FloatBuffer images = Engines.buffer(batch * perImage);
        SplittableRandom random = new SplittableRandom(1);
        while (images.hasRemaining()) {
            images.put((float) (4 * random.nextDouble() - 2));
        }
        FloatBuffer features = Engines.buffer((long) batch * spec.dims());
        for (int i = 0; i < WARM_UP_BATCHES; i++) {
            opened.run(images, batch, features);
        }
        List<Double> millis = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            long start = System.nanoTime();
            opened.run(images, batch, features);
            millis.add((System.nanoTime() - start) / 1e6 / batch);
        } while (System.nanoTime() < end);
        Collections.sort(millis);
        double median = millis.get(millis.size() / 2);
        JsonObject result = new JsonObject();
        result.addProperty("engine", opened.name());
        result.addProperty("precision", name(opened.precision()));
        result.addProperty("batch", batch);
        result.addProperty("threads", Runtime.getRuntime().availableProcessors());
        result.addProperty("ms_per_image", median);
        result.addProperty("images_per_second", 1000 / median);
        result.addProperty("peak_rss_bytes", peakResidentBytes());
        return result;
    }

    /** The largest resident set so far, as Linux tells it; null elsewhere. */
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
