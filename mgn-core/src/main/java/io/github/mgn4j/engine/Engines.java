package io.github.mgn4j.engine;

import io.github.mgn4j.internal.io.Services;
import io.github.mgn4j.model.Model;
import java.util.Comparator;
import java.util.List;

/** Finds and opens the engines on the class path. */
public final class Engines {
    /** The name that selects the fastest available engine. */
    public static final String AUTO = "auto";

    private Engines() {}

    /**
     * Returns all engines on the class path in descending order of priority. The search covers this library's class loader and
     * the calling thread's context class loader. Engines whose own libraries are missing are skipped.
     */
    public static List<EngineProvider> providers() {
        return sorted(find());
    }

    private static Services<EngineProvider> find() {
        return Services.find(EngineProvider.class, EngineProvider::priority);
    }

    private static List<EngineProvider> sorted(Services<EngineProvider> services) {
        return services.usable().stream()
                .sorted(Comparator.comparingInt(EngineProvider::priority).reversed())
                .toList();
    }

    /**
     * Opens a model on an engine.
     *
     * @param name an engine's name, or {@link #AUTO}
     * @throws EngineException if there is no such engine, or none that can run at that precision
     * @throws DeviceException if the engine does not have the device
     */
    public static Engine open(String name, Model model, EngineOptions options) {
        return open(name, model, options, List.of(options.device()));
    }

    /**
     * Opens a model on several accelerators as one engine, whose {@link Engine#concurrency()} is the sum of theirs.
     *
     * @param name an engine's name, or {@link #AUTO}
     * @param devices indices of the accelerators, from 0, which replace {@link EngineOptions#device}; a CPU engine ignores a
     *     single one
     * @throws EngineException if there is no such engine, or none that can run at that precision
     * @throws DeviceException if the engine does not have these devices
     */
    public static Engine open(String name, Model model, EngineOptions options, List<Integer> devices) {
        return choice().open(name, model, options, devices);
    }

    private static EngineChoice choice() {
        Services<EngineProvider> services = find();
        return new EngineChoice(sorted(services), services.passedOver());
    }

    /** Returns the largest batch whose images and features each fit into one buffer of less than 2 GiB. */
    public static int largestBatch(Engine engine) {
        long values = 3L * engine.inputSize().height() * engine.inputSize().width();
        long imageBytes = engine instanceof PixelEngine ? values : values * Float.BYTES;
        return (int) (Integer.MAX_VALUE / Math.max(imageBytes, (long) engine.dims() * Float.BYTES));
    }
}
