package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudart.*;

import io.github.mgn4j.engine.internal.Resources;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Memory on the device. */
final class DeviceMemory {
    /** Alignment of blocks: the device reads and writes whole lines. */
    static final int ALIGNMENT = 256;

    private DeviceMemory() {}

    /**
     * Allocates memory.
     *
     * @param what its purpose, for the error message
     */
    static Pointer allocate(long bytes, String what, Resources owner) {
        Pointer memory = new Pointer();
        Cuda.check(
                cudaMalloc(memory, Math.max(bytes, ALIGNMENT)),
                "cudaMalloc of %,d bytes for %s".formatted(bytes, what));
        return owner.own(memory, m -> cudaFree(m));
    }

    /** Returns the address of a byte in memory. */
    static Pointer at(Pointer memory, long offset) {
        return new BytePointer(memory).getPointer(offset);
    }

    /** Copies floats to new memory. */
    static Pointer upload(float[] values, String what, Resources owner) {
        return upload(values, Format.F32, what, owner);
    }

    /** Copies numbers in a format to new memory. */
    static Pointer upload(float[] values, Format format, String what, Resources owner) {
        return upload(encode(values, format), what, owner);
    }

    /** Returns the bytes of numbers that {@link Format#round} has rounded. */
    static ByteBuffer encode(float[] values, Format format) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * format.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        if (format == Format.F32) {
            bytes.asFloatBuffer().put(values);
            return bytes;
        }
        for (float value : values) {
            int bits = format.bits(value);
            if (format.bytes() == Short.BYTES) {
                bytes.putShort((short) bits);
            } else {
                bytes.put((byte) bits);
            }
        }
        return bytes.flip();
    }

    /** Copies integers to new memory. */
    static Pointer upload(int[] values, String what, Resources owner) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return upload(bytes, what, owner);
    }

    /** Copies bytes to new memory. */
    static Pointer upload(ByteBuffer bytes, String what, Resources owner) {
        Pointer memory = allocate(bytes.remaining(), what, owner);
        Cuda.check(
                cudaMemcpy(memory, new BytePointer(bytes), bytes.remaining(), cudaMemcpyHostToDevice),
                "copying " + what + " to the device");
        return memory;
    }
}
