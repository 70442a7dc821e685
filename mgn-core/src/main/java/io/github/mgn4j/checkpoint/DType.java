package io.github.mgn4j.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** The number formats of weight files. All values are converted to float32. */
enum DType {
    F32(4),
    F64(8),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the bytes per value. */
    int bytes() {
        return bytes;
    }

    /** Returns all values of a buffer: a view if they are float32 already, else converted. */
    FloatBuffer decode(ByteBuffer data) {
        if (this == F32) {
            return data.slice().order(data.order()).asFloatBuffer();
        }
        float[] values = new float[data.remaining() / bytes];
        for (int i = 0; i < values.length; i++) {
            values[i] = read(data, data.position() + i * bytes);
        }
        return FloatBuffer.wrap(values);
    }

    /** Returns the value whose first byte has that index, in the buffer's {@link ByteOrder}. */
    float read(ByteBuffer data, int index) {
        return switch (this) {
            case F32 -> data.getFloat(index);
            case F64 -> (float) data.getDouble(index);
            case F16 -> half(data.getShort(index));
            case BF16 -> Float.intBitsToFloat(data.getShort(index) << 16);
            case I64 -> data.getLong(index);
            case I32 -> data.getInt(index);
            case I16 -> data.getShort(index);
            case I8 -> data.get(index);
            case U8 -> data.get(index) & 0xff;
            case BOOL -> data.get(index) != 0 ? 1 : 0;
        };
    }

    /** Converts IEEE 754 binary16 to binary32, which is exact. */
    static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
