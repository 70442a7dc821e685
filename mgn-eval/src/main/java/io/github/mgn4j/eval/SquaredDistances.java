package io.github.mgn4j.eval;

import static io.github.mgn4j.eval.EvaluationException.check;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.Arrays;

/**
 * Squared Euclidean distances between the rows of two matrices.
 *
 * <p>They are sums of squared differences, not |a|&sup2; + |b|&sup2; - 2ab: that form suffers from cancellation, so
 * that equal vectors get a nonzero distance and near ones an arbitrary order. Every pair is summed in one fixed order
 * (float32 over {@value #CHUNK} values, these sums in float64), wherever it lies in a block. So equal vectors are at
 * distance 0, duplicates in a gallery tie exactly, the result is symmetric, and neither blocks nor threads change a
 * bit.
 *
 * <p>The gallery is transposed tile by tile, because the compiler vectorises a loop over gallery entries and must not
 * reorder a sum over dimensions.
 */
final class SquaredDistances implements Distances {
    /** Values summed in float32. */
    static final int CHUNK = 32;

    private static final int STEP = 4;
    private static final int TILE = 256;

    private final FeatureMatrix queries;
    private final FeatureMatrix gallery;
    private final int dims;

    SquaredDistances(FeatureMatrix queries, FeatureMatrix gallery) {
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
        return queries.rows();
    }

    @Override
    public int gallery() {
        return gallery.rows();
    }

    @Override
    public void compute(int from, double[][] into) {
        float[][] tile = new float[CHUNK][TILE];
        float[] query = new float[CHUNK];
        float[] sums = new float[TILE];
        for (double[] row : into) {
            Arrays.fill(row, 0);
        }
        for (int first = 0; first < gallery.rows(); first += TILE) {
            int width = Math.min(TILE, gallery.rows() - first);
            for (int d = 0; d < dims; d += CHUNK) {
                int depth = Math.min(CHUNK, dims - d);
                // Values past the last dimension are 0 on both sides and add nothing.
                int steps = (depth + STEP - 1) / STEP;
                pack(first, width, d, depth, tile);
                for (int q = 0; q < into.length; q++) {
                    Arrays.fill(query, 0);
                    System.arraycopy(queries.data(), (from + q) * dims + d, query, 0, depth);
                    Arrays.fill(sums, 0);
                    for (int s = 0; s < steps; s++) {
                        accumulate(query, s * STEP, tile, width, sums);
                    }
                    double[] row = into[q];
                    for (int j = 0; j < width; j++) {
                        row[first + j] += sums[j];
                    }
                }
            }
        }
    }

    private void pack(int first, int width, int d, int depth, float[][] tile) {
        float[] data = gallery.data();
        for (int j = 0; j < width; j++) {
            int at = (first + j) * dims + d;
            for (int c = 0; c < depth; c++) {
                tile[c][j] = data[at + c];
            }
        }
        for (int c = depth; c < CHUNK; c++) {
            Arrays.fill(tile[c], 0);
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

    /**
     * Returns the distance of one pair, with the same bits as {@link #compute}. Four sums are computed at a time,
     * because each addition waits for the previous one in its sum.
     */
    double pair(int query, int entry) {
        float[] a = queries.data();
        float[] b = gallery.data();
        int i = query * dims;
        int j = entry * dims;
        double total = 0;
        int d = 0;
        for (; d + 4 * CHUNK <= dims; d += 4 * CHUNK) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            for (int c = d; c < d + CHUNK; c++) {
                float d0 = a[i + c] - b[j + c];
                float d1 = a[i + c + CHUNK] - b[j + c + CHUNK];
                float d2 = a[i + c + 2 * CHUNK] - b[j + c + 2 * CHUNK];
                float d3 = a[i + c + 3 * CHUNK] - b[j + c + 3 * CHUNK];
                s0 += d0 * d0;
                s1 += d1 * d1;
                s2 += d2 * d2;
                s3 += d3 * d3;
            }
            total = total + s0 + s1 + s2 + s3;
        }
        for (; d < dims; d += CHUNK) {
            int end = Math.min(dims, d + CHUNK);
            float sum = 0;
            for (int c = d; c < end; c++) {
                float difference = a[i + c] - b[j + c];
                sum += difference * difference;
            }
            total += sum;
        }
        return total;
    }
}
