package io.github.mgn4j.eval;

import io.github.mgn4j.features.DistanceMetric;
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
    private final boolean unit;

    private Rows(float[][] arrays, int[] offsets, int dims, boolean unit) {
        this.arrays = arrays;
        this.offsets = offsets;
        this.dims = dims;
        this.unit = unit;
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
        return new Rows(arrays, offsets, features.dims(), false);
    }

    /** Returns these rows followed by others of the same length. */
    Rows then(Rows others) {
        float[][] all = Arrays.copyOf(arrays, size() + others.size());
        System.arraycopy(others.arrays, 0, all, size(), others.size());
        int[] places = Arrays.copyOf(offsets, all.length);
        System.arraycopy(others.offsets, 0, places, size(), others.size());
        return new Rows(all, places, dims, unit && others.unit);
    }

    /** Returns a copy with every row divided by its length, as {@link FeatureMatrix#normalized}; of such a copy, itself. */
    Rows normalized() {
        if (unit) {
            return this;
        }
        float[][] divided = new float[size()][];
        IntStream.range(0, divided.length).parallel().forEach(i -> {
            divided[i] = new float[dims];
            FixedOrder.normalize(arrays[i], offsets[i], divided[i], 0, dims);
        });
        return new Rows(divided, new int[divided.length], dims, true);
    }

    /** Returns the features that a metric compares: {@link #normalized} under {@link DistanceMetric#COSINE}, else these. */
    Rows comparedBy(DistanceMetric metric) {
        return metric == DistanceMetric.COSINE ? normalized() : this;
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
