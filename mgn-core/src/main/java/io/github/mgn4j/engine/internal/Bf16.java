package io.github.mgn4j.engine.internal;

/** The number format bfloat16: the upper half of a float32. */
public final class Bf16 {
    private Bf16() {}

    /** Returns a finite value rounded to bfloat16, half to even. */
    public static float round(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000);
    }
}
