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
     * Returns the precision to open kernels in where one is wanted, {@code FP32} or {@code BF16}: a processor that gains nothing
     * from bf16 computes in fp32, and a warning is logged.
     */
    Precision choose(Precision wanted);

    /**
     * Opens kernels for one plan. Callers check {@link #available()} first.
     *
     * @param precision of the factors of convolutions, {@code FP32} or {@code BF16}; all else is float32
     */
    TrainingKernels open(Precision precision);
}
