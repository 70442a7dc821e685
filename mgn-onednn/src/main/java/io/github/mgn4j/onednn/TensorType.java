package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

/**
 * How a value is stored.
 *
 * @param dataType oneDNN's number format
 * @param scale value of one step of an integer; 1 for floating point
 */
record TensorType(int dataType, float scale) {
    static final TensorType F32 = new TensorType(dnnl_f32, 1);
    static final TensorType BF16 = new TensorType(dnnl_bf16, 1);

    /** Returns unsigned 8 bits for values of 0 to {@code bound}. */
    static TensorType unsigned(float bound) {
        return new TensorType(dnnl_u8, bound / 255);
    }

    /** Returns signed 8 bits for values of {@code -bound} to {@code bound}; -128 is not used. */
    static TensorType signed(float bound) {
        return new TensorType(dnnl_s8, bound / 127);
    }

    boolean isInteger() {
        return dataType == dnnl_u8 || dataType == dnnl_s8;
    }

    int bytes() {
        return isInteger() ? 1 : dataType == dnnl_bf16 ? 2 : 4;
    }

    /** Returns the number format of weights that values of this type are multiplied with. */
    int weightType() {
        return isInteger() ? dnnl_s8 : dataType;
    }
}
