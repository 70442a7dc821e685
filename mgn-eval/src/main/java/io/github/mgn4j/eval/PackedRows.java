package io.github.mgn4j.eval;

import io.github.mgn4j.engine.internal.BlockProducts;
import io.github.mgn4j.eval.internal.Tasks;
import java.nio.FloatBuffer;
import java.util.function.IntFunction;

/** Features as products take them: less a mean, and scaled. */
final class PackedRows {
    /** Rows per task. */
    private static final int TASK = 16;

    private final Rows rows;
    private final float[] mean;
    private final float scale;
    private final float[] squares;

    /**
     * Creates a view of features.
     *
     * @param lengths of the features less the mean
     */
    PackedRows(Rows rows, Lengths lengths, float[] mean, float scale) {
        this.rows = rows;
        this.mean = mean;
        this.scale = scale;
        squares = new float[lengths.size()];
        for (int i = 0; i < squares.length; i++) {
            double length = lengths.length(i) * scale;
            squares[i] = (float) (length * length);
        }
    }

    int size() {
        return squares.length;
    }

    /** Returns the square of a row's length. */
    float square(int row) {
        return squares[row];
    }

    /** Copies rows from {@code first} on into the slices of an operand, on all cores. */
    void copy(int first, int count, BlockProducts.Shape shape, IntFunction<FloatBuffer> to) {
        int depth = shape.depth();
        Tasks.run(count, TASK, (start, end) -> {
            float[] row = new float[depth * shape.slices()];
            for (int i = start; i < end; i++) {
                float[] array = rows.array(first + i);
                int offset = rows.offset(first + i);
                for (int d = 0; d < mean.length; d++) {
                    row[d] = (array[offset + d] - mean[d]) * scale;
                }
                for (int s = 0; s < shape.slices(); s++) {
                    to.apply(s).put(i * depth, row, s * depth, depth);
                }
            }
        });
    }
}
