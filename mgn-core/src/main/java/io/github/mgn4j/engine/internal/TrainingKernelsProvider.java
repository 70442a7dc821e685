package io.github.mgn4j.engine.internal;

import io.github.mgn4j.engine.Precision;

/** Provides the kernels of training by a native library. Providers are found by {@link java.util.ServiceLoader}. */
public interface TrainingKernelsProvider {
    /**
     * Returns whether the native library can run here. The check must not print, and must load nothing that is not used
     * afterwards.
     */
    boolean available();

    /**
     * Opens kernels for one plan. Callers check {@link #available()} first.
     *
     * @param precision of the factors of convolutions, {@code FP32} or {@code BF16}; all else is float32. A processor that gains
     *     nothing from bf16 computes in fp32, and a warning is logged
     */
    TrainingKernels open(Precision precision);
}
