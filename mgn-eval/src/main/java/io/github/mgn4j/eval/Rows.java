package io.github.mgn4j.eval;

import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.features.internal.FixedOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Features where they lie: the rows of a matrix, some of them, or those of two sets one after the other. A copy of a gallery would
 * take as much memory as the gallery. Immutable.
 */
final class Rows {
    private final float[][] arrays;
    private final int[] offsets;
    private final int dims;

    private Rows(float[][] arrays, int[] offsets, int dims) {
        this.arrays = arrays;
        this.offsets = offsets;
        this.dims = dims;
    }

    /** Returns all rows of a matrix. */
    static Rows of(FeatureMatrix features) {
        return of(features, IntStream.range(0, features.rows()).toArray());
    }

    /** Returns some rows of a matrix in the order of {@code indices}. */
    static Rows of(FeatureMatrix features, int[] indices) {
        float[][] arrays = new float[indices.length][];
        Arrays.fill(arrays, features.data());
        int[] offsets = new int[indices.length];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = indices[i] * features.dims();
        }
        return new Rows(arrays, offsets, features.dims());
    }

    /** Returns these rows followed by others of the same length. */
    Rows then(Rows others) {
        float[][] all = Arrays.copyOf(arrays, size() + others.size());
        System.arraycopy(others.arrays, 0, all, size(), others.size());
        int[] places = Arrays.copyOf(offsets, all.length);
        System.arraycopy(others.offsets, 0, places, size(), others.size());
        return new Rows(all, places, dims);
    }

    /** Returns a copy with every row divided by its length, as {@link FeatureMatrix#normalized}. */
    Rows normalized() {
        float[][] unit = new float[size()][];
        IntStream.range(0, unit.length).parallel().forEach(i -> {
            unit[i] = new float[dims];
            FixedOrder.normalize(arrays[i], offsets[i], unit[i], 0, dims);
        });
        return new Rows(unit, new int[unit.length], dims);
    }

    int size() {
        return arrays.length;
    }

    /** Returns the length of a row. */
    int dims() {
        return dims;
    }

    /** Returns the array that contains a row. Callers must not write to it. */
    float[] array(int row) {
        return arrays[row];
    }

    /** Returns the index of a row's first value in {@link #array}. */
    int offset(int row) {
        return offsets[row];
    }
}
