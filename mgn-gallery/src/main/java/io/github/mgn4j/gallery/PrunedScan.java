package io.github.mgn4j.gallery;

import io.github.mgn4j.eval.internal.NearestQueue;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Near values for one query, of those rows only that may be among the nearest. Every row has a lower bound of its squared distance:
 * that of its projection, if an index has been loaded that covers it, else that over the first quarter of the dimensions, which is
 * read. The rows with the smallest give a limit, and a row is read on only while what is known of it is below. Near values are sums
 * of parts, which never decrease, so that nothing is lost.
 */
final class PrunedScan {
    /** From so many dimensions on, the bounds cost less than they save. */
    private static final int ENOUGH_DIMS = 512;

    private static final int STEPS = 4;

    /** Parts of a step. */
    private static final int PARTS = 2;

    /** Rows that are read whole for the limit, as a multiple of k. */
    private static final int SAMPLE = 4;

    private final Queries query;
    private final View view;
    private final Lanes lanes;
    private final float[] near;

    /** Rows whose bounds are those of an index. */
    private final int bounded;

    private final IntToDoubleFunction bounds;

    PrunedScan(Queries query) {
        this.query = query;
        view = query.view();
        lanes = new Lanes(query, STEPS * PARTS);
        near = new float[view.rows()];
        ApproximateIndex index = index(view);
        bounded = index == null ? 0 : Math.min(index.rows(), near.length);
        bounds =
                index == null ? row -> 0 : index.lowerBounds(query.features().row(0), query.length(0) + view.longest());
    }

    private static @Nullable ApproximateIndex index(View view) {
        Indexed indexed = view.indexed();
        return indexed == null ? null : indexed.loaded();
    }

    /** Returns whether a search of one query may use it: people at the mean distance of several entries need all of these. */
    static boolean suits(Queries queries, SearchOptions options) {
        return queries.count() == 1
                && options.best() <= 1
                && (queries.features().dims() >= ENOUGH_DIMS || index(queries.view()) != null);
    }

    /** Returns the largest difference between near and exact values. */
    float tolerance() {
        return lanes.tolerance(0);
    }

    /** Returns the near values of all rows; infinity for those that cannot be among the k nearest entries or people. */
    float[] run(SearchOptions options, int k) {
        IntStream.range(0, view.parts()).parallel().forEach(this::readHeads);
        float limit = limit(options, k);
        IntStream.range(0, view.parts()).parallel().forEach(chunk -> readOn(chunk, limit));
        return near;
    }

    private void readHeads(int chunk) {
        int from = chunk * EntryChunk.ROWS;
        int to = from + view.width(chunk);
        int row = from;
        for (; row < Math.min(to, bounded); row++) {
            near[row] = Math.nextDown((float) bounds.applyAsDouble(row));
        }
        if (row < to) {
            view.verifyPart(chunk);
            for (Lanes.Row reader = lanes.row(); row < to; row++) {
                near[row] = step(reader, row, 0);
            }
        }
    }

    private void readOn(int chunk, float limit) {
        int from = chunk * EntryChunk.ROWS;
        int width = view.width(chunk);
        Lanes.Row row = lanes.row();
        float[] values = new float[width];
        for (int i = 0; i < width; i++) {
            values[i] = readOn(row, from + i, limit);
        }
        query.correct(0, from, width, values);
        for (int i = 0; i < width; i++) {
            near[from + i] = values[i] <= limit ? values[i] : Float.POSITIVE_INFINITY;
        }
    }

    /** Returns the near value of a row whose bound is known, or a value above the limit. */
    private float readOn(Lanes.Row reader, int row, float limit) {
        float value = near[row];
        int step = 1;
        if (row < bounded && value <= limit) {
            view.verifyRow(row);
            value = 0;
            step = 0;
        }
        for (; step < STEPS && value <= limit; step++) {
            value += step(reader, row, step);
        }
        return value;
    }

    private static float step(Lanes.Row reader, int row, int step) {
        reader.read(row, step * PARTS, (step + 1) * PARTS);
        return reader.square(0, step * PARTS, (step + 1) * PARTS);
    }

    /** Returns a near value that k entries or people reach, and twice the tolerance; infinity if there are fewer. */
    private float limit(SearchOptions options, int k) {
        int sample = (int) Math.min((long) SAMPLE * k, near.length);
        int[] rows = options.isForPeople() ? people(options, sample) : entries(options, sample);
        if (k == 0 || rows.length < k) {
            return Float.POSITIVE_INFINITY;
        }
        float[] values = new float[rows.length];
        Lanes.Row reader = lanes.row();
        for (int i = 0; i < rows.length; i++) {
            float[] value = {readOn(reader, rows[i], Float.POSITIVE_INFINITY)};
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
            int person = view.chunk(row).person(row % EntryChunk.ROWS);
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
}
