package io.github.mgn4j.gallery;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Near values for a few queries: every row is read once and compared in float32 lanes, whose sums the compiler may vectorise. It is
 * as fast as memory is.
 */
final class LaneScan implements NearScan {
    /** Parts that a row is cut into, whose terms are added lane by lane. */
    private static final int PARTS = 4;

    /** Sums into which the lanes are added. */
    private static final int SUMS = 8;

    /** Roundings besides the sum over lanes: the difference, its square, the sums of the exact value. */
    private static final int OTHER_ERRORS = 48;

    private final Queries queries;
    private final View view;
    private final int dims;
    private final int lanes;
    private final int first;
    private final float[][][] parts;

    /** Creates a scan from the chunk of a row on. */
    LaneScan(Queries queries, int first) {
        this.queries = queries;
        this.first = first / EntryTable.CHUNK;
        view = queries.view();
        dims = queries.features().dims();
        lanes = (dims + PARTS - 1) / PARTS;
        parts = new float[queries.count()][PARTS][lanes];
        for (int q = 0; q < parts.length; q++) {
            for (int p = 0; p < PARTS; p++) {
                System.arraycopy(
                        queries.features().data(), q * dims + Math.min(dims, p * lanes), parts[q][p], 0, length(p));
            }
        }
    }

    private int length(int part) {
        return Math.max(0, Math.min(lanes, dims - part * lanes));
    }

    @Override
    public float tolerance(int query) {
        return tolerance(queries, query, lanes);
    }

    /** Returns the largest error of values whose terms were added in so many lanes, and these in turn. */
    static float tolerance(Queries queries, int query, int lanes) {
        double both = queries.length(query) + queries.view().longest();
        double error = ((double) lanes / SUMS + OTHER_ERRORS) * UNIT * both * both;
        return (float) (1.01 * error + queries.features().dims() * 0x1p-140);
    }

    @Override
    public void run(Part part) {
        IntStream.range(first, view.parts()).parallel().forEach(chunk -> scan(chunk, part));
    }

    private void scan(int chunk, Part part) {
        view.verifyPart(chunk);
        int width = view.width(chunk);
        int from = chunk * EntryTable.CHUNK;
        float[][] near = new float[parts.length][width];
        float[][] row = new float[PARTS][lanes];
        float[] sums = new float[lanes];
        FeatureBlocks features = view.features();
        for (int i = 0; i < width; i++) {
            for (int p = 0; p < PARTS; p++) {
                features.read(from + i, Math.min(dims, p * lanes), row[p], length(p));
            }
            for (int q = 0; q < parts.length; q++) {
                add(parts[q], row, sums);
                near[q][i] = total(sums);
            }
        }
        for (int q = 0; q < parts.length; q++) {
            queries.correct(q, from, width, near[q]);
            part.accept(q, from, width, near[q]);
        }
    }

    private static void add(float[][] query, float[][] row, float[] sums) {
        Arrays.fill(sums, 0);
        for (int p = 0; p < PARTS; p += 2) {
            add(query[p], row[p], query[p + 1], row[p + 1], sums);
        }
    }

    /** Adds the squared differences of two parts lane by lane. */
    static void add(float[] q0, float[] r0, float[] q1, float[] r1, float[] sums) {
        for (int c = 0; c < sums.length; c++) {
            float d0 = q0[c] - r0[c];
            float d1 = q1[c] - r1[c];
            // Keep this form: HotSpot vectorises neither four differences nor a sum that does not begin with itself,
            // and is
            // then five times slower.
            sums[c] = sums[c] + d0 * d0 + d1 * d1;
        }
    }

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
