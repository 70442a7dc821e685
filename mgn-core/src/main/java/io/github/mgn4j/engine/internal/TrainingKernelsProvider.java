package io.github.mgn4j.engine.internal;

/** Provides the kernels of training by a native library. Providers are found by {@link java.util.ServiceLoader}. */
public interface TrainingKernelsProvider {
    /**
     * Returns whether the native library can run here. The check must not print, and must load nothing that is not used
     * afterwards.
     */
    boolean available();

    /** Opens kernels for one plan. Callers check {@link #available()} first. */
    TrainingKernels open();
}
