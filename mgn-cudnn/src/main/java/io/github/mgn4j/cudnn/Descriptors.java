package io.github.mgn4j.cudnn;

import static org.bytedeco.cuda.global.cudnn.*;

import io.github.mgn4j.engine.internal.Resources;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Descriptors of cuDNN's backend interface: created, given attributes, finished. They belong to the {@link Resources}
 * passed in. Errors name the shape.
 */
final class Descriptors {
    private static final int ALIGNMENT = 16;

    private final cudnnContext handle;
    private final String what;
    private final Resources owner;

    Descriptors(cudnnContext handle, String what, Resources owner) {
        this.handle = handle;
        this.what = what;
        this.owner = owner;
    }

    cudnnBackendDescriptor_t create(int kind) {
        cudnnBackendDescriptor_t descriptor = new cudnnBackendDescriptor_t();
        Cuda.checkCudnn(cudnnBackendCreateDescriptor(kind, descriptor), "creating a descriptor for " + what);
        return owner.own(descriptor, d -> cudnnBackendDestroyDescriptor(d));
    }

    cudnnBackendDescriptor_t finish(cudnnBackendDescriptor_t descriptor) {
        Cuda.checkCudnn(cudnnBackendFinalize(descriptor), what);
        return descriptor;
    }

    private void set(cudnnBackendDescriptor_t descriptor, int attribute, int type, long count, Pointer values) {
        try (values) {
            Cuda.checkCudnn(
                    cudnnBackendSetAttribute(descriptor, attribute, type, count, values),
                    "attribute %d of %s".formatted(attribute, what));
        }
    }

    void longs(cudnnBackendDescriptor_t descriptor, int attribute, long... values) {
        set(descriptor, attribute, CUDNN_TYPE_INT64, values.length, new LongPointer(values));
    }

    /** Sets an attribute of an enumeration type. */
    void choice(cudnnBackendDescriptor_t descriptor, int attribute, int type, int value) {
        set(descriptor, attribute, type, 1, new IntPointer(1).put(value));
    }

    void real(cudnnBackendDescriptor_t descriptor, int attribute, float value) {
        set(descriptor, attribute, CUDNN_TYPE_FLOAT, 1, new FloatPointer(1).put(value));
    }

    void descriptors(cudnnBackendDescriptor_t descriptor, int attribute, Pointer... values) {
        set(descriptor, attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, values.length, new PointerPointer<>(values));
    }

    void handle(cudnnBackendDescriptor_t descriptor, int attribute) {
        set(descriptor, attribute, CUDNN_TYPE_HANDLE, 1, new PointerPointer<>(new Pointer[] {handle}));
    }

    void addresses(cudnnBackendDescriptor_t descriptor, int attribute, Pointer... values) {
        set(descriptor, attribute, CUDNN_TYPE_VOID_PTR, values.length, new PointerPointer<>(values));
    }

    /** Describes a map {@code [n, c, h, w]} stored channels-last, with {@code pitch} numbers from pixel to pixel. */
    cudnnBackendDescriptor_t map(long id, int type, boolean virtual, long n, long c, long h, long w, long pitch) {
        cudnnBackendDescriptor_t map = create(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
        choice(map, CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, type);
        longs(map, CUDNN_ATTR_TENSOR_DIMENSIONS, n, c, h, w);
        longs(map, CUDNN_ATTR_TENSOR_STRIDES, h * w * pitch, 1, w * pitch, pitch);
        longs(map, CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
        longs(map, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, ALIGNMENT);
        if (virtual) {
            set(map, CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, 1, new BytePointer(1).put((byte) 1));
        }
        return finish(map);
    }
}
