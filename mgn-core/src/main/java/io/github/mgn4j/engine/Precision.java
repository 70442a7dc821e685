package io.github.mgn4j.engine;

import java.util.Locale;

/** Number format of a network's arithmetic; sums are float32, or 32-bit integers for {@link #INT8}. */
public enum Precision {
    FP32,
    /** Float32 values that matrix units read with 10 bits of mantissa. */
    TF32,
    FP16,
    BF16,
    /** 8-bit floating point with 3 bits of mantissa (e4m3); its scales come from the ranges that calibration found. */
    FP8,
    /** 8-bit integers; their scales come from the ranges that calibration found. */
    INT8;

    /** Returns the name that {@code --precision} knows it by: {@code fp32}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
