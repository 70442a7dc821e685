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
    private static final int BLOCK = 1 << 12;

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
        float[] block = new float[Math.min(size(), BLOCK)];
        for (int from = 0; from < size(); from += block.length) {
            int length = Math.min(block.length, size() - from);
            data.get(from, block, 0, length);
            if (!areFinite(block, length)) {
                int i = 0;
                while (Float.isFinite(block[i])) {
                    i++;
                }
                return OptionalInt.of(from + i);
            }
        }
        return OptionalInt.empty();
    }

    /** Zero times a value is zero, unless that is not finite. Four sums, because each addition waits for the one before. */
    private static boolean areFinite(float[] values, int length) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < length; i += 4) {
            s0 += values[i] * 0;
            s1 += values[i + 1] * 0;
            s2 += values[i + 2] * 0;
            s3 += values[i + 3] * 0;
        }
        for (; i < length; i++) {
            s0 += values[i] * 0;
        }
        return s0 + s1 + s2 + s3 == 0;
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
