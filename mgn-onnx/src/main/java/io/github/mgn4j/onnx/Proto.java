package io.github.mgn4j.onnx;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A protobuf message under construction. Varints and length-delimited fields are all that an ONNX file needs. Fields
 * appear in the order of the calls.
 */
final class Proto {
    private static final int FIXED_32 = 5;
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @CanIgnoreReturnValue
    Proto number(int field, long value) {
        varint((long) field << 3 | VARINT);
        varint(value);
        return this;
    }

    @CanIgnoreReturnValue
    Proto number(int field, float value) {
        varint((long) field << 3 | FIXED_32);
        bytes.writeBytes(ByteBuffer.allocate(Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array());
        return this;
    }

    @CanIgnoreReturnValue
    Proto text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    @CanIgnoreReturnValue
    Proto message(int field, Proto value) {
        return bytes(field, value.toBytes());
    }

    @CanIgnoreReturnValue
    Proto bytes(int field, byte[] value) {
        lengthDelimited(field, value.length);
        bytes.writeBytes(value);
        return this;
    }

    /** Begins a field whose contents the caller writes after this message's bytes. */
    @CanIgnoreReturnValue
    Proto lengthDelimited(int field, long length) {
        varint((long) field << 3 | LENGTH_DELIMITED);
        varint(length);
        return this;
    }

    int size() {
        return bytes.size();
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
