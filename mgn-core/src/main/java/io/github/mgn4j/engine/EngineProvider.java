package io.github.mgn4j.engine;

import io.github.mgn4j.model.Model;
import java.util.Set;

/** Makes engines of one kind; found by {@link java.util.ServiceLoader}. */
public interface EngineProvider {
    /** The name that {@code --engine} knows it by: {@code samediff}, {@code onednn}, {@code onnx}. */
    String name();

    /** The best one that is {@link #available()} is taken where none is named: higher is faster. */
    int priority();

    /** Whether it can run here: natives on the class path, a processor that fits. Cheap and without side effects. */
    boolean available();

    /** Why it is not {@link #available()}, as a clause of an error message. */
    default String unavailableReason() {
        return "its natives are not on the class path";
    }

    /** Number formats that {@link #open} takes. */
    Set<Precision> precisions();

    /** Returns how many accelerators {@link EngineOptions#device} can choose from; 0 for an engine on the processor. */
    default int devices() {
        return 0;
    }

    /**
     * Opens a model.
     *
     * @throws EngineException if it cannot run here; nothing is leaked then
     */
    Engine open(Model model, EngineOptions options);
}
