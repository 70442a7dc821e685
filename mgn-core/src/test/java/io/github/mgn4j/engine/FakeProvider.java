package io.github.mgn4j.engine;

import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A provider of {@link StillEngine}s, or of whatever else a test wants it to open. */
final class FakeProvider implements EngineProvider {
    /** The options of every opening so far. */
    final List<EngineOptions> asked = new ArrayList<>();

    /** How often it looked whether it can run here, which loads natives in real ones. */
    int looks;

    /** Why it refuses every network; null if it does not. */
    @Nullable
    String refusal;

    private final String name;
    private final boolean available;
    private final int devices;
    private final Function<EngineOptions, Engine> opener;

    FakeProvider(String name, boolean available, int devices, Function<EngineOptions, Engine> opener) {
        this.name = name;
        this.available = available;
        this.devices = devices;
        this.opener = opener;
    }

    FakeProvider(String name, boolean available, int devices) {
        this(name, available, devices, options -> new StillEngine(name, options));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public boolean available() {
        looks++;
        return available;
    }

    @Override
    public String unavailableReason() {
        return "no driver for " + name;
    }

    @Override
    public Set<Precision> precisions() {
        return EnumSet.of(Precision.FP32, Precision.TF32);
    }

    @Override
    public Optional<String> refusal(MgnSpec spec, Precision precision) {
        return Optional.ofNullable(refusal);
    }

    @Override
    public int devices() {
        return devices;
    }

    @Override
    public Engine open(Model model, EngineOptions options) {
        asked.add(options);
        return opener.apply(options);
    }
}
