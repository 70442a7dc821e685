package io.github.mgn4j.gallery;

import io.github.mgn4j.eval.internal.NearestQueue;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Near values for one query, of those rows only that may be among the nearest. The squared distance over the first quarter of the
 * dimensions, which is read for every row, is a lower bound of the whole; the rows with the smallest give a limit, and a row is read
 * on only while what was read of it is below. Near values are sums of such parts, which never decrease, so that nothing is lost.
 */
final class PrunedScan {
    /** From so many dimensions on, the bounds cost less than they save. */
    private static final int ENOUGH_DIMS = 512;

    private static final int STEPS = 4;

    /** Parts of a step, whose terms are added lane by lane. */
    private static final int PARTS = 2;

    /** Rows that are read whole for the limit, as a multiple of k. */
    private static final int SAMPLE = 4;

    private final Queries query;
    private final View view;
    private final int dims;
    private final int lanes;
    private final float[][] parts;
    private final float[] near;

    PrunedScan(Queries query) {
        this.query = query;
        view = query.view();
        dims = query.features().dims();
        lanes = (dims + STEPS * PARTS - 1) / (STEPS * PARTS);
        parts = new float[STEPS * PARTS][lanes];
        for (int p = 0; p < parts.length; p++) {
            System.arraycopy(query.features().data(), Math.min(dims, p * lanes), parts[p], 0, length(p));
        }
        near = new float[view.rows()];
    }

    private int length(int part) {
        return Math.max(0, Math.min(lanes, dims - part * lanes));
    }

    /** Returns whether a search of one query may use it: people at the mean distance of several entries need all of these. */
    static boolean suits(Queries queries, SearchOptions options) {
        return queries.count() == 1 && queries.features().dims() >= ENOUGH_DIMS && options.best() <= 1;
    }

    /** Returns the largest difference between near and exact values. */
    float tolerance() {
        return LaneScan.tolerance(query, 0, lanes);
    }

    /** Returns the near values of all rows; infinity for those that cannot be among the k nearest entries or people. */
    float[] run(SearchOptions options, int k) {
        IntStream.range(0, view.parts()).parallel().forEach(this::readHeads);
        float limit = limit(options, k);
        IntStream.range(0, view.parts()).parallel().forEach(chunk -> readOn(chunk, limit));
        return near;
    }

    private void readHeads(int chunk) {
        view.verifyPart(chunk);
        int from = chunk * EntryTable.CHUNK;
        Row row = new Row();
        for (int i = from; i < from + view.width(chunk); i++) {
            near[i] = row.step(i, 0);
        }
    }

    private void readOn(int chunk, float limit) {
        int from = chunk * EntryTable.CHUNK;
        int width = view.width(chunk);
        Row row = new Row();
        float[] values = Arrays.copyOfRange(near, from, from + width);
        for (int i = 0; i < width; i++) {
            for (int step = 1; step < STEPS && values[i] <= limit; step++) {
                values[i] += row.step(from + i, step);
            }
        }
        query.correct(0, from, width, values);
        for (int i = 0; i < width; i++) {
            near[from + i] = values[i] <= limit ? values[i] : Float.POSITIVE_INFINITY;
        }
    }

    /** Returns a near value that k entries or people reach, and twice the tolerance; infinity if there are fewer. */
    private float limit(SearchOptions options, int k) {
        int sample = (int) Math.min((long) SAMPLE * k, near.length);
        int[] rows = options.isForPeople() ? people(options, sample) : entries(options, sample);
        if (k == 0 || rows.length < k) {
            return Float.POSITIVE_INFINITY;
        }
        float[] values = new float[rows.length];
        Row reader = new Row();
        for (int i = 0; i < rows.length; i++) {
            float[] value = {near[rows[i]]};
            for (int step = 1; step < STEPS; step++) {
                value[0] += reader.step(rows[i], step);
            }
            query.correct(0, rows[i], 1, value);
            values[i] = value[0];
        }
        Arrays.sort(values);
        return Math.nextUp((float) (values[k - 1] + 2.0 * tolerance()));
    }

    /** Returns the entries with the smallest heads. */
    private int[] entries(SearchOptions options, int count) {
        NearestQueue queue = new NearestQueue(count);
        for (int row = 0; row < near.length; row++) {
            if (near[row] < queue.limit() && options.accepts(view, row)) {
                queue.offer(near[row], row);
            }
        }
        return queue.ascending();
    }

    /** Returns the entries with the smallest heads, one of each person. */
    private int[] people(SearchOptions options, int count) {
        int[] best = new int[view.people()];
        Arrays.fill(best, -1);
        for (int row = 0; row < near.length; row++) {
            int person = view.chunk(row).person(row % EntryTable.CHUNK);
            if (person >= 0 && (best[person] < 0 || near[row] < near[best[person]]) && options.accepts(view, row)) {
                best[person] = row;
            }
        }
        NearestQueue queue = new NearestQueue(count);
        for (int row : best) {
            if (row >= 0) {
                queue.offer(near[row], row);
            }
        }
        return queue.ascending();
    }

    /** The part of a row that was read last. */
    private final class Row {
        private final float[][] row = new float[PARTS][lanes];
        private final float[] sums = new float[lanes];

        /** Returns the squared distance over the dimensions of a step. */
        float step(int at, int step) {
            for (int p = 0; p < PARTS; p++) {
                int part = step * PARTS + p;
                view.features().read(at, Math.min(dims, part * lanes), row[p], length(part));
                Arrays.fill(row[p], length(part), lanes, 0);
            }
            Arrays.fill(sums, 0);
            LaneScan.add(parts[step * PARTS], row[0], parts[step * PARTS + 1], row[1], sums);
            return LaneScan.total(sums);
        }
    }
}
