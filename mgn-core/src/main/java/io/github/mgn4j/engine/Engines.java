package io.github.mgn4j.engine;

import com.google.common.base.Preconditions;
import io.github.mgn4j.io.Services;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Chooses among the engines on the class path. */
public final class Engines {
    /** Asks for the fastest engine that is available. */
    public static final String AUTO = "auto";

    private Engines() {}

    /**
     * All engines on the class path, the fastest first. They are looked for where this library is, and where the calling
     * thread's context class loader looks; those whose own libraries are left out are passed over.
     */
    public static List<EngineProvider> providers() {
        return sorted(find());
    }

    private static Services<EngineProvider> find() {
        return Services.find(EngineProvider.class, EngineProvider::priority);
    }

    private static List<EngineProvider> sorted(Services<EngineProvider> found) {
        return found.usable().stream()
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
        Services<EngineProvider> found = find();
        List<EngineProvider> all = sorted(found);
        List<EngineProvider> named = all.stream()
                .filter(p -> name.equals(AUTO) || p.name().equals(name))
                .toList();
        if (named.isEmpty()) {
            String missing =
                    found.passedOver().isEmpty() ? "" : "; passed over: " + String.join(", ", found.passedOver());
            throw new EngineException(
                    "unknown engine '%s'; on the class path: %s%s".formatted(name, names(all), missing));
        }
        return named.stream()
                .filter(p -> isAvailable(p) && p.precisions().contains(options.precision()))
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
        String reason = isAvailable(one)
                ? "has %s, not %s".formatted(one.precisions(), precision)
                : "cannot run here: " + obstacle(one);
        List<EngineProvider> others = all.stream().filter(Engines::isAvailable).toList();
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

    private static boolean isAvailable(EngineProvider provider) {
        try {
            return provider.available();
        } catch (LinkageError e) {
            return false;
        }
    }

    private static String obstacle(EngineProvider provider) {
        try {
            return provider.obstacle();
        } catch (LinkageError e) {
            return Services.lacking(e);
        }
    }

    private static String names(List<EngineProvider> providers) {
        return providers.isEmpty()
                ? "none"
                : providers.stream()
                        .map(p -> p.name()
                                + (isAvailable(p) ? " " + p.precisions() : " (cannot run here: " + obstacle(p) + ")"))
                        .collect(Collectors.joining(", "));
    }
}
