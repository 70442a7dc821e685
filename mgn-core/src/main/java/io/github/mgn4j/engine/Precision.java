package io.github.mgn4j.engine;

import java.util.Locale;

/**
 * The number format of a network's arithmetic. Sums are float32, or 32-bit integers for {@link #INT8}.
 */
public enum Precision {
    /** 32-bit floating point, the format of the weights. */
    FP32,
    /** Float32 values that matrix units read with 10 bits of mantissa. */
    TF32,
    /** 16-bit floating point with 10 bits of mantissa (IEEE 754 binary16). */
    FP16,
    /** 16-bit floating point with 7 bits of mantissa and the exponents of float32 (bfloat16). */
    BF16,
    /** 8-bit floating point with 3 bits of mantissa (e4m3). Calibration provides the scales. */
    FP8,
    /** 8-bit integers. Calibration provides the scales. */
    INT8;

    /** Returns the name that {@code --precision} takes, such as {@code fp32}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
