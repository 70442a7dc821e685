package io.github.mgn4j.model;

import com.google.common.base.Preconditions;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * A read-only float32 array in C order with a shape. The values may lie on the heap, in native memory or in a mapped file.
 * Immutable and thread-safe as long as the underlying memory is not written to.
 */
public final class Tensor {
    private final FloatBuffer data;
    private final int[] shape;

    private Tensor(FloatBuffer data, int[] shape) {
        this.data = data;
        this.shape = shape;
    }

    /**
     * Returns a view of {@code data}. The array is not copied.
     *
     * @throws IllegalArgumentException if the number of values is not the product of the shape
     */
    public static Tensor of(float[] data, int... shape) {
        return of(FloatBuffer.wrap(data), shape);
    }

    /**
     * Returns a view of the values between the buffer's position and limit. They are not copied.
     *
     * @throws IllegalArgumentException if the number of values is not the product of the shape
     */
    public static Tensor of(FloatBuffer data, int... shape) {
        long size = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        Preconditions.checkArgument(
                size == data.remaining(),
                "shape %s needs %s values, found %s",
                Arrays.toString(shape),
                size,
                data.remaining());
        return new Tensor(data.slice().asReadOnlyBuffer(), shape.clone());
    }

    /** Returns the lengths of the axes; an empty array for a scalar. */
    public int[] shape() {
        return shape.clone();
    }

    /** Returns the number of values. */
    public int size() {
        return data.capacity();
    }

    /** Returns the values as a read-only view with its own position. */
    public FloatBuffer data() {
        return data.duplicate();
    }

    /** Returns a copy of the values. */
    public float[] toArray() {
        float[] copy = new float[size()];
        data().get(copy);
        return copy;
    }

    /** Returns the value at an index in C order. */
    public float get(int index) {
        return data.get(index);
    }

    /** Returns the index in C order of the first value that is NaN or infinite; empty if all are finite. */
    public OptionalInt firstNotFinite() {
        for (int i = 0; i < size(); i++) {
            if (!Float.isFinite(data.get(i))) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** Returns the index along each axis of the value at position {@code i} in C order. */
    public List<Integer> index(int i) {
        Integer[] index = new Integer[shape.length];
        int rest = i;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return List.of(index);
    }

    @Override
    public String toString() {
        return "float32" + Arrays.toString(shape);
    }
}
