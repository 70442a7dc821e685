package io.github.mgn4j.engine;

import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.util.Optional;
import java.util.Set;

/** Creates engines of one kind. Providers are found by {@link java.util.ServiceLoader}. */
public interface EngineProvider {
    /**
     * Returns the engine's name, as {@code --engine} takes it: {@code samediff}, {@code onednn}, {@code onnx}.
     */
    String name();

    /**
     * Returns the rank that {@code auto} uses: the {@link #available()} engine with the highest priority is chosen. A faster
     * engine has a higher priority.
     */
    int priority();

    /**
     * Returns whether the engine can run here: its native libraries are on the class path and support the processor. The check
     * is cheap and has no side effects.
     */
    boolean available();

    /** Returns why the engine is not {@link #available()}, as a clause of an error message. */
    default String unavailableReason() {
        return "its natives are not on the class path";
    }

    /** Returns the precisions that {@link #open} accepts. */
    Set<Precision> precisions();

    /**
     * Returns why {@link #open} refuses a network in a precision, as a sentence; empty if it does not. {@code auto} then takes
     * the next engine.
     */
    default Optional<String> refusal(MgnSpec spec, Precision precision) {
        return Optional.empty();
    }

    /**
     * Returns the number of accelerators that {@link EngineOptions#device} selects from; 0 for a CPU engine.
     */
    default int devices() {
        return 0;
    }

    /**
     * Opens a model.
     *
     * @throws EngineException if the engine cannot run here or refuses the network; all its resources are freed then
     */
    Engine open(Model model, EngineOptions options);
}
