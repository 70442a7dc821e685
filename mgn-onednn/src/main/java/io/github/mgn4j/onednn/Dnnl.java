package io.github.mgn4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mgn4j.engine.internal.Resources;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * oneDNN's C interface with checked statuses. Objects created here belong to the {@link Resources} passed in and are
 * freed with them. oneDNN copies the memory descriptors that are passed to it.
 */
final class Dnnl {
    /** Alignment of memory blocks in bytes: a cache line, and the widest vector. */
    static final int ALIGNMENT = 64;

    private Dnnl() {}

    /**
     * Checks the status of a call.
     *
     * @throws IllegalStateException naming the call and oneDNN's status
     */
    static void check(int status, String what) {
        if (status != dnnl_success) {
            String name = switch (status) {
                case dnnl_out_of_memory -> "out of memory";
                case dnnl_invalid_arguments -> "invalid arguments";
                case dnnl_unimplemented -> "not implemented on this processor";
                case dnnl_runtime_error -> "runtime error";
                default -> "status " + status;
            };
            throw new IllegalStateException("oneDNN: " + what + ": " + name);
        }
    }

    static dnnl_engine engine(Resources owner) {
        dnnl_engine engine = new dnnl_engine();
        check(dnnl_engine_create(engine, dnnl_cpu, 0), "engine");
        return owner.own(engine, e -> dnnl_engine_destroy(e));
    }

    static dnnl_stream stream(dnnl_engine engine, Resources owner) {
        dnnl_stream stream = new dnnl_stream();
        check(dnnl_stream_create(stream, engine, dnnl_stream_default_flags), "stream");
        return owner.own(stream, s -> dnnl_stream_destroy(s));
    }

    /**
     * Creates a primitive.
     *
     * @param description filled by one of oneDNN's functions
     * @param status the status that this function returned
     * @param what name of the primitive in messages
     * @param temporary owns the description, which oneDNN does not need afterwards
     */
    static dnnl_primitive primitive(
            dnnl_primitive_desc description, int status, String what, Resources temporary, Resources owner) {
        check(status, what);
        temporary.own(description, d -> dnnl_primitive_desc_destroy(d));
        dnnl_primitive primitive = new dnnl_primitive();
        check(dnnl_primitive_create(primitive, description), what);
        return owner.own(primitive, p -> dnnl_primitive_destroy(p));
    }

    /**
     * Returns a descriptor in one of oneDNN's named formats. The axes are in its logical order, batch and channels
     * first.
     */
    static dnnl_memory_desc descriptor(int dataType, int format, Resources owner, long... shape) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        check(
                dnnl_memory_desc_create_with_tag(descriptor, shape.length, shape, dataType, format),
                "layout of " + Arrays.toString(shape));
        return owner.own(descriptor, d -> dnnl_memory_desc_destroy(d));
    }

    /** Returns a descriptor of a matrix whose rows begin {@code stride} elements apart. */
    static dnnl_memory_desc rows(int dataType, long rows, long columns, long stride, Resources owner) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        long[] shape = {rows, columns};
        check(
                dnnl_memory_desc_create_with_strides(descriptor, 2, shape, dataType, new long[] {stride, 1}),
                "layout of " + Arrays.toString(shape));
        return owner.own(descriptor, d -> dnnl_memory_desc_destroy(d));
    }

    /**
     * Returns the format that a primitive expects of an operand; {@code query} is one of {@code dnnl_query_*_md}. Valid
     * as long as the primitive's own descriptor.
     */
    static dnnl_memory_desc wanted(dnnl_primitive_desc primitive, int query) {
        return dnnl_primitive_desc_query_md(primitive, query, 0);
    }

    /** Returns the size in bytes of memory of this form. */
    static long size(dnnl_memory_desc descriptor) {
        return dnnl_memory_desc_get_size(descriptor);
    }

    /** Returns memory at an address, which the caller keeps alive. */
    static dnnl_memory memory(dnnl_memory_desc descriptor, Pointer data, dnnl_engine engine, Resources owner) {
        dnnl_memory memory = new dnnl_memory();
        check(dnnl_memory_create(memory, descriptor, engine, data), "memory");
        return owner.own(memory, m -> dnnl_memory_destroy(m));
    }

    /** Returns a one-dimensional float32 memory with these values. */
    static dnnl_memory vector(float[] values, dnnl_engine engine, Resources owner) {
        FloatPointer data = owner.own(new FloatPointer(values), FloatPointer::close);
        return memory(descriptor(dnnl_f32, dnnl_x, owner, values.length), data, engine, owner);
    }

    /** Allocates native memory aligned to {@link #ALIGNMENT}. */
    static BytePointer allocate(long bytes, Resources owner) {
        BytePointer raw = owner.own(new BytePointer(bytes + ALIGNMENT), BytePointer::close);
        return raw.getPointer(Math.floorMod(-raw.address(), ALIGNMENT));
    }

    /** Returns a pointer to an address, which it does not own. */
    static Pointer at(long address) {
        return new Address(address);
    }

    private static final class Address extends Pointer {
        Address(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }

    /** Returns a view of native memory, which the caller keeps alive. */
    static FloatBuffer floats(BytePointer memory, long offset, long bytes) {
        return memory.getPointer(offset)
                .capacity(bytes)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
