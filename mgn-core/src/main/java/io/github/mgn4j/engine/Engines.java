package io.github.mgn4j.engine;

import io.github.mgn4j.weights.Model;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Chooses among the engines on the class path. */
public final class Engines {
    /** Asks for the fastest engine that is available. */
    public static final String AUTO = "auto";

    private Engines() {}

    /** All engines on the class path, the fastest first. */
    public static List<EngineProvider> providers() {
        return ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt(EngineProvider::priority).reversed())
                .toList();
    }

    /**
     * Opens a model on an engine.
     *
     * @param name an engine's name, or {@link #AUTO}
     * @throws EngineException if there is no such engine, or none that can run at that precision
     */
    public static Engine open(String name, Model model, EngineOptions options) {
        List<EngineProvider> all = providers();
        List<EngineProvider> named = all.stream()
                .filter(p -> name.equals(AUTO) || p.name().equals(name))
                .toList();
        if (named.isEmpty()) {
            throw new EngineException("unknown engine '%s'; on the class path: %s".formatted(name, names(all)));
        }
        return named.stream()
                .filter(p -> p.available() && p.precisions().contains(options.precision()))
                .findFirst()
                .orElseThrow(() -> new EngineException("no engine for '%s' at %s here; on the class path: %s"
                        .formatted(name, options.precision(), names(all))))
                .open(model, options);
    }

    private static String names(List<EngineProvider> providers) {
        return providers.isEmpty()
                ? "none"
                : providers.stream()
                        .map(p -> p.name() + (p.available() ? " " + p.precisions() : " (" + p.obstacle() + ")"))
                        .collect(Collectors.joining(", "));
    }
}
