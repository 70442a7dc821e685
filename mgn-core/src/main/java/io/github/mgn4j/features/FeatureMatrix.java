package io.github.mgn4j.features;

import com.google.common.base.Preconditions;
import io.github.mgn4j.features.internal.FixedOrder;
import java.util.Arrays;

/**
 * A matrix of image features: float32, C order, one row per image. It is a view of an array, so a gallery's features are
 * held in memory once. Immutable and thread-safe as long as the array is not written to.
 */
public final class FeatureMatrix {
    private final float[] data;
    private final int rows;
    private final int dims;

    private FeatureMatrix(float[] data, int rows, int dims) {
        this.data = data;
        this.rows = rows;
        this.dims = dims;
    }

    /**
     * Returns a view of {@code data}, which holds rows x dims values.
     *
     * @throws IllegalArgumentException if {@code rows} is negative, {@code dims} is below 1 or the number of values differs
     */
    public static FeatureMatrix of(float[] data, int rows, int dims) {
        Preconditions.checkArgument(rows >= 0, "rows is %s, must not be negative", rows);
        Preconditions.checkArgument(dims >= 1, "dims is %s, must be at least 1", dims);
        Preconditions.checkArgument(
                (long) rows * dims == data.length,
                "%s rows of %s want %s values, found %s",
                rows,
                dims,
                (long) rows * dims,
                data.length);
        return new FeatureMatrix(data, rows, dims);
    }

    /**
     * Returns a copy of an array of rows.
     *
     * @throws IllegalArgumentException if there are no rows or they differ in length
     */
    public static FeatureMatrix ofRows(float[]... rows) {
        Preconditions.checkArgument(rows.length > 0, "no rows");
        int dims = rows[0].length;
        float[] data = new float[Math.multiplyExact(rows.length, dims)];
        for (int i = 0; i < rows.length; i++) {
            Preconditions.checkArgument(
                    rows[i].length == dims, "row %s has %s values, row 0 has %s", i, rows[i].length, dims);
            System.arraycopy(rows[i], 0, data, i * dims, dims);
        }
        return of(data, rows.length, dims);
    }

    /** Returns the number of images. */
    public int rows() {
        return rows;
    }

    /** Returns the length of a feature. */
    public int dims() {
        return dims;
    }

    /** Returns a copy of row {@code i}. */
    public float[] row(int i) {
        Preconditions.checkElementIndex(i, rows, "row");
        return Arrays.copyOfRange(data, i * dims, (i + 1) * dims);
    }

    /** Returns value {@code j} of row {@code i}. */
    public float get(int i, int j) {
        Preconditions.checkElementIndex(i, rows, "row");
        Preconditions.checkElementIndex(j, dims, "column");
        return data[i * dims + j];
    }

    /** Returns the underlying array, row by row. Callers must not write to it. */
    public float[] data() {
        return data;
    }

    /** Returns a copy of some rows in the order of {@code indices}; a row may occur more than once. */
    public FeatureMatrix select(int[] indices) {
        float[] copy = new float[Math.multiplyExact(indices.length, dims)];
        for (int i = 0; i < indices.length; i++) {
            Preconditions.checkElementIndex(indices[i], rows, "row");
            System.arraycopy(data, indices[i] * dims, copy, i * dims, dims);
        }
        return new FeatureMatrix(copy, indices.length, dims);
    }

    /**
     * Returns a copy with every row divided by its Euclidean length, summed in float64. Rows of zeros stay zeros.
     */
    public FeatureMatrix normalized() {
        float[] copy = new float[data.length];
        for (int from = 0; from < data.length; from += dims) {
            FixedOrder.normalize(data, from, copy, from, dims);
        }
        return new FeatureMatrix(copy, rows, dims);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeatureMatrix that
                && rows == that.rows
                && dims == that.dims
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * rows + dims) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "float32[" + rows + ", " + dims + "]";
    }
}
