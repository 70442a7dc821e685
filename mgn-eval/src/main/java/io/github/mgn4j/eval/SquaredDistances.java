package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.eval.internal.ColumnTile;
import io.github.mgn4j.features.internal.FixedOrder;
import java.util.Arrays;

/**
 * Squared Euclidean distances between the rows of two sets.
 *
 * <p>They are sums of squared differences, not |a|&sup2; + |b|&sup2; - 2ab: that form suffers from cancellation, so
 * that equal vectors get a nonzero distance and near ones an arbitrary order. Every pair is summed in one fixed order
 * (float32 over {@value FixedOrder#CHUNK} values, these sums in float64), wherever it lies in a block. So equal vectors are at
 * distance 0, duplicates in a gallery tie exactly, the result is symmetric, and neither blocks nor threads change a
 * bit.
 *
 * <p>The gallery is transposed tile by tile, because the compiler vectorises a loop over gallery entries and must not
 * reorder a sum over dimensions.
 */
final class SquaredDistances implements Distances {
    private final Rows queries;
    private final Rows gallery;
    private final int dims;

    SquaredDistances(Rows queries, Rows gallery) {
        check(
                queries.dims() == gallery.dims(),
                "query features have %d dims, gallery features %d",
                queries.dims(),
                gallery.dims());
        this.queries = queries;
        this.gallery = gallery;
        this.dims = queries.dims();
    }

    @Override
    public int queries() {
        return queries.size();
    }

    @Override
    public int gallery() {
        return gallery.size();
    }

    @Override
    public void compute(int from, double[][] into) {
        float[][] tile = ColumnTile.allocate();
        float[] query = new float[ColumnTile.DEPTH];
        float[] sums = new float[ColumnTile.WIDTH];
        for (double[] row : into) {
            Arrays.fill(row, 0);
        }
        for (int first = 0; first < gallery.size(); first += ColumnTile.WIDTH) {
            int width = Math.min(ColumnTile.WIDTH, gallery.size() - first);
            for (int d = 0; d < dims; d += ColumnTile.DEPTH) {
                int depth = Math.min(ColumnTile.DEPTH, dims - d);
                // Values past the last dimension are 0 on both sides and add nothing.
                int steps = (depth + ColumnTile.STEP - 1) / ColumnTile.STEP;
                for (int j = 0; j < width; j++) {
                    ColumnTile.put(gallery.array(first + j), gallery.offset(first + j) + d, depth, tile, j);
                }
                for (int q = 0; q < into.length; q++) {
                    Arrays.fill(query, 0);
                    System.arraycopy(queries.array(from + q), queries.offset(from + q) + d, query, 0, depth);
                    Arrays.fill(sums, 0);
                    for (int s = 0; s < steps; s++) {
                        accumulate(query, s * ColumnTile.STEP, tile, width, sums);
                    }
                    double[] row = into[q];
                    for (int j = 0; j < width; j++) {
                        row[first + j] += sums[j];
                    }
                }
            }
        }
    }

    private static void accumulate(float[] query, int c, float[][] tile, int width, float[] sums) {
        float q0 = query[c];
        float q1 = query[c + 1];
        float q2 = query[c + 2];
        float q3 = query[c + 3];
        float[] t0 = tile[c];
        float[] t1 = tile[c + 1];
        float[] t2 = tile[c + 2];
        float[] t3 = tile[c + 3];
        for (int j = 0; j < width; j++) {
            float d0 = q0 - t0[j];
            float d1 = q1 - t1[j];
            float d2 = q2 - t2[j];
            float d3 = q3 - t3[j];
            // Keep this form: HotSpot vectorises neither "+=" here nor a pairwise sum, and is then five times slower.
            sums[j] = sums[j] + d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;
        }
    }

    /** Returns the distance of one pair, with the same bits as {@link #compute}. */
    double pair(int query, int entry) {
        return FixedOrder.squaredDistance(
                queries.array(query), queries.offset(query), gallery.array(entry), gallery.offset(entry), dims);
    }
}
