package io.github.mgn4j.onnx;

import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;

/** Number formats of an ONNX file, with their codes in {@code TensorProto.DataType}. */
enum OnnxType {
    FLOAT(1, 4),
    UINT8(2, 1),
    INT8(3, 1),
    INT64(7, 8),
    FLOAT16(10, 2);

    private static final float MAX_FLOAT16 = 65504;

    private final int code;
    private final int bytes;

    OnnxType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    int code() {
        return code;
    }

    /** Returns the bytes per value. */
    int bytes() {
        return bytes;
    }

    /**
     * Appends a value.
     *
     * @param tensor name of the tensor in the error message
     */
    void put(ByteBuffer target, float value, String tensor) {
        switch (this) {
            case FLOAT -> target.putFloat(value);
            case UINT8, INT8 -> target.put((byte) value);
            case INT64 -> target.putLong((long) value);
            case FLOAT16 -> {
                OnnxException.check(
                        Math.abs(value) <= MAX_FLOAT16,
                        "tensor '%s' holds %s once batch norm is folded in, float16 ends at %s: export it in fp32",
                        tensor,
                        value,
                        MAX_FLOAT16);
                target.putShort(Fp16Conversions.floatToFp16(value));
            }
        }
    }
}
