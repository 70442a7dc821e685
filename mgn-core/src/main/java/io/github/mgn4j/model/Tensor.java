package io.github.mgn4j.model;

import com.google.common.base.Preconditions;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * A read-only float32 array in C order with a shape. The values may lie in the heap, in native memory or in a mapped
 * file. Immutable and thread-safe as long as nobody writes to the memory it was made from.
 */
public final class Tensor {
    private final FloatBuffer data;
    private final int[] shape;

    private Tensor(FloatBuffer data, int[] shape) {
        this.data = data;
        this.shape = shape;
    }

    /** A view of {@code data}; the array is not copied. */
    public static Tensor of(float[] data, int... shape) {
        return of(FloatBuffer.wrap(data), shape);
    }

    /**
     * A view of the values between the buffer's position and limit; they are not copied.
     *
     * @throws IllegalArgumentException if their number is not the product of the shape
     */
    public static Tensor of(FloatBuffer data, int... shape) {
        long size = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        Preconditions.checkArgument(
                size == data.remaining(),
                "shape %s wants %s values, found %s",
                Arrays.toString(shape),
                size,
                data.remaining());
        return new Tensor(data.slice().asReadOnlyBuffer(), shape.clone());
    }

    /** The lengths of its axes; an empty array for a single value. */
    public int[] shape() {
        return shape.clone();
    }

    /** Number of values. */
    public int size() {
        return data.capacity();
    }

    /** The values, as a read-only view with its own position. */
    public FloatBuffer data() {
        return data.duplicate();
    }

    /** A copy of the values. */
    public float[] toArray() {
        float[] copy = new float[size()];
        data().get(copy);
        return copy;
    }

    /** The value at an index in C order. */
    public float get(int index) {
        return data.get(index);
    }

    /** The place in C order of the first value that is NaN or infinite; empty if all are finite. */
    public OptionalInt firstNotFinite() {
        for (int i = 0; i < size(); i++) {
            if (!Float.isFinite(data.get(i))) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** The index along each axis of the value that comes {@code i}-th in C order. */
    List<Integer> index(int i) {
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
