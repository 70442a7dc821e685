package io.github.mgn4j.engine.internal;

import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Refuses networks that an engine, or one of its precisions, does not run. */
public final class Variants {
    private Variants() {}

    /**
     * Returns why an engine refuses a network; empty if it runs it.
     *
     * @param what the engine and its precision in the message
     * @param supported the variants that it runs
     * @param gem whether it runs generalised-mean pooling
     */
    public static Optional<String> refusal(String what, MgnSpec spec, Set<Variant> supported, boolean gem) {
        List<String> refused = new ArrayList<>();
        spec.variants().stream()
                .filter(variant -> !supported.contains(variant))
                .forEach(variant -> refused.add("variant " + variant.label()));
        if (!gem && spec.pooling() == Pooling.GEM) {
            refused.add("gem pooling");
        }
        return refused.isEmpty()
                ? Optional.empty()
                : Optional.of("%s does not run networks with %s (onednn, onnx and samediff run every network in fp32)"
                        .formatted(what, String.join(", ", refused)));
    }

    /**
     * Checks that a provider does not refuse a network.
     *
     * @throws EngineException with the provider's sentence
     */
    public static void check(EngineProvider provider, MgnSpec spec, Precision precision) {
        provider.refusal(spec, precision).ifPresent(sentence -> {
            throw new EngineException(sentence);
        });
    }
}
