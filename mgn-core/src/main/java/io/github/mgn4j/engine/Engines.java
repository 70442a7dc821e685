package io.github.mgn4j.engine;

import com.google.common.base.Preconditions;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
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
                .orElseThrow(() -> new EngineException(refusal(name, named, all, options.precision())))
                .open(model, options);
    }

    /** Why none of these engines can be had, and which can; one that was named is answered for alone. */
    private static String refusal(
            String name, List<EngineProvider> named, List<EngineProvider> all, Precision precision) {
        if (name.equals(AUTO)) {
            return "no engine has %s here; on the class path: %s".formatted(precision, names(all));
        }
        EngineProvider one = named.get(0);
        String reason = one.available()
                ? "has %s, not %s".formatted(one.precisions(), precision)
                : "cannot run here: " + one.unavailableReason();
        List<EngineProvider> others =
                all.stream().filter(EngineProvider::available).toList();
        return "the engine %s %s; those that can run: %s".formatted(name, reason, names(others));
    }

    /**
     * Makes sure that an engine was given room enough.
     *
     * @throws IllegalArgumentException saying what is too small
     */
    public static void checkBuffers(MgnSpec spec, FloatBuffer images, int batch, FloatBuffer features) {
        long wanted = 3L * batch * spec.input().height() * spec.input().width();
        Preconditions.checkArgument(batch >= 1, "batch must be at least 1, not %s", batch);
        Preconditions.checkArgument(
                images.limit() >= wanted, "images hold %s values, wanted %s", images.limit(), wanted);
        Preconditions.checkArgument(
                features.limit() >= (long) batch * spec.dims(),
                "features have room for %s values, wanted %s x %s",
                features.limit(),
                batch,
                spec.dims());
    }

    /** A direct buffer for so many values in the native byte order: engines read and write such where it is. */
    public static FloatBuffer buffer(long values) {
        return ByteBuffer.allocateDirect(Math.toIntExact(Math.multiplyExact(values, (long) Float.BYTES)))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private static String names(List<EngineProvider> providers) {
        return providers.isEmpty()
                ? "none"
                : providers.stream()
                        .map(p -> p.name()
                                + (p.available() ? " " + p.precisions() : " (cannot run here: " + p.unavailableReason() + ")"))
                        .collect(Collectors.joining(", "));
    }
}
