package io.github.mgn4j.gallery;

import java.util.Arrays;

/**
 * Squared distances of rows from queries in float32. Dimensions are cut into parts of equal length, and lane c adds the terms of
 * dimension c of each part, so that the compiler may vectorise the sums. Immutable and thread-safe.
 */
final class Lanes {
    /** Sums into which the lanes are added. */
    private static final int SUMS = 8;

    /** Roundings besides the sum over lanes: the difference, its square, the sums of the exact value. */
    private static final int OTHER_ERRORS = 48;

    private final Queries queries;
    private final int dims;
    private final int lanes;
    private final float[][][] parts;

    /**
     * Cuts queries into parts.
     *
     * @param count number of parts, even
     */
    Lanes(Queries queries, int count) {
        this.queries = queries;
        dims = queries.features().dims();
        lanes = (dims + count - 1) / count;
        parts = new float[queries.count()][count][lanes];
        for (int q = 0; q < parts.length; q++) {
            for (int p = 0; p < count; p++) {
                System.arraycopy(queries.features().data(), q * dims + start(p), parts[q][p], 0, length(p));
            }
        }
    }

    private int start(int part) {
        return Math.min(dims, part * lanes);
    }

    private int length(int part) {
        return Math.max(0, Math.min(lanes, dims - part * lanes));
    }

    /** Returns the largest difference between values of a query and exact ones. */
    float tolerance(int query) {
        double both = queries.length(query) + queries.view().longest();
        double error = ((double) lanes / SUMS + OTHER_ERRORS) * NearScan.UNIT * both * both;
        return (float) (1.01 * error + dims * 0x1p-140);
    }

    /** Returns a reader of rows for one thread. */
    Row row() {
        return new Row();
    }

    /** The parts of a row that were read last. */
    final class Row {
        private final FeatureBlocks features = queries.view().features();
        private final float[][] values = new float[parts[0].length][lanes];
        private final float[] sums = new float[lanes];

        /** Reads the parts from one to before another. */
        void read(int row, int from, int to) {
            for (int p = from; p < to; p++) {
                features.read(row, start(p), values[p], length(p));
            }
        }

        /** Returns the squared distance over the parts from one to before another, an even number of them. */
        float square(int query, int from, int to) {
            float[][] asked = parts[query];
            Arrays.fill(sums, 0);
            for (int p = from; p < to; p += 2) {
                add(asked[p], values[p], asked[p + 1], values[p + 1], sums);
            }
            return total(sums);
        }
    }

    private static void add(float[] q0, float[] r0, float[] q1, float[] r1, float[] sums) {
        for (int c = 0; c < sums.length; c++) {
            float d0 = q0[c] - r0[c];
            float d1 = q1[c] - r1[c];
            // Keep this form: HotSpot vectorises neither four differences nor a sum that does not begin with itself,
            // and is then
            // five times slower.
            sums[c] = sums[c] + d0 * d0 + d1 * d1;
        }
    }

    /** Adds values up in an order that lets several additions be under way. */
    static float total(float[] sums) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int c = 0;
        for (; c + SUMS <= sums.length; c += SUMS) {
            s0 += sums[c];
            s1 += sums[c + 1];
            s2 += sums[c + 2];
            s3 += sums[c + 3];
            s4 += sums[c + 4];
            s5 += sums[c + 5];
            s6 += sums[c + 6];
            s7 += sums[c + 7];
        }
        for (; c < sums.length; c++) {
            s0 += sums[c];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }
}
