package io.github.mgn4j.gallery;

import io.github.mgn4j.eval.internal.NearestQueue;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Near values for one query, of those rows only that may be among the nearest. Every row has a lower bound of its squared distance:
 * that of its projection, if an index has been loaded, else that over the first quarter of the dimensions, which is read. The rows
 * with the smallest give a limit, and a row is read on only while what is known of it is below. Near values are sums of parts, which
 * never decrease, so that nothing is lost.
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

    /** The first row that is scanned: the first of a chunk. */
    private final int first;

    /** The number of rows before the first that is wanted. */
    private final int unwanted;

    private final float[] near;

    private final ApproximateIndex.@Nullable LowerBounds bounds;

    /** Scans all rows. */
    PrunedScan(Queries query) {
        this(query, 0);
    }

    /** Scans the rows from one on. */
    PrunedScan(Queries query, int from) {
        this.query = query;
        view = query.view();
        lanes = new Lanes(query, STEPS * PARTS);
        unwanted = from % EntryChunk.ROWS;
        first = from - unwanted;
        near = new float[view.rows() - first];
        ApproximateIndex index = index(view);
        bounds = index == null ? null : index.lowerBounds(query.features().row(0), query.length(0) + view.longest());
    }

    private static @Nullable ApproximateIndex index(View view) {
        Indexed indexed = view.indexed();
        return indexed == null ? null : indexed.loaded(view);
    }

    /** Returns whether a search of one query may use it: people at the mean distance of several entries need all of these. */
    static boolean suits(Queries queries, SearchOptions options) {
        return queries.count() == 1
                && options.best() <= 1
                && (queries.features().dims() >= ENOUGH_DIMS || index(queries.view()) != null);
    }

    /** Returns the row of the first near value. */
    int first() {
        return first;
    }

    /** Returns the largest difference between near and exact values. */
    float tolerance() {
        return lanes.tolerance(0);
    }

    /**
     * Returns the near values of the rows; infinity for those that were removed or cannot be among the k nearest entries or people.
     *
     * @param most an exact value above which rows are not wanted either
     */
    float[] run(SearchOptions options, int k, double most) {
        double farthest = Math.sqrt(most + 2.0 * tolerance());
        chunks().forEach(chunk -> bound(chunk, farthest));
        Arrays.fill(near, 0, unwanted, Float.POSITIVE_INFINITY);
        double known = most < Double.POSITIVE_INFINITY ? most : smallest(options, k);
        float limit = Math.nextUp((float) (known + 2.0 * tolerance()));
        chunks().forEach(chunk -> readOn(chunk, limit));
        return near;
    }

    private IntStream chunks() {
        return IntStream.range(first / EntryChunk.ROWS, view.parts()).parallel();
    }

    private void bound(int chunk, double farthest) {
        int from = chunk * EntryChunk.ROWS;
        int width = view.width(chunk);
        if (bounds != null) {
            bounds.of(chunk, width, farthest, near, from - first);
            return;
        }
        view.verifyPart(chunk);
        Lanes.Row reader = lanes.row();
        for (int row = from; row < from + width; row++) {
            near[row - first] = view.isAlive(row) ? step(reader, row, 0) : Float.POSITIVE_INFINITY;
        }
    }

    private void readOn(int chunk, float limit) {
        int from = chunk * EntryChunk.ROWS;
        int width = view.width(chunk);
        if (!isAnyWithin(limit, from - first, width)) {
            Arrays.fill(near, from - first, from - first + width, Float.POSITIVE_INFINITY);
            return;
        }
        Lanes.Row row = lanes.row();
        float[] values = new float[width];
        for (int i = 0; i < width; i++) {
            values[i] = readOn(row, from + i, limit);
        }
        query.correct(0, from, width, values);
        for (int i = 0; i < width; i++) {
            near[from + i - first] = values[i] <= limit ? values[i] : Float.POSITIVE_INFINITY;
        }
    }

    private boolean isAnyWithin(float limit, int from, int width) {
        for (int i = from; i < from + width; i++) {
            if (near[i] <= limit) {
                return true;
            }
        }
        return false;
    }

    /** Returns the near value of a row whose bound is known, or a value above the limit. */
    private float readOn(Lanes.Row reader, int row, float limit) {
        float value = near[row - first];
        if (value > limit || !view.isAlive(row)) {
            return Float.POSITIVE_INFINITY;
        }
        int step = 1;
        if (bounds != null) {
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

    /** Returns a near value that k entries or people reach; infinity if there are fewer. */
    private double smallest(SearchOptions options, int k) {
        int sample = (int) Math.min((long) SAMPLE * k, near.length);
        int[] rows = options.isForPeople() ? people(options, sample) : entries(options, sample);
        if (k == 0 || rows.length < k) {
            return Double.POSITIVE_INFINITY;
        }
        float[] values = new float[rows.length];
        Lanes.Row reader = lanes.row();
        for (int i = 0; i < rows.length; i++) {
            float[] value = {readOn(reader, rows[i], Float.POSITIVE_INFINITY)};
            query.correct(0, rows[i], 1, value);
            values[i] = value[0];
        }
        Arrays.sort(values);
        return values[k - 1];
    }

    /** Returns the entries with the smallest heads. */
    private int[] entries(SearchOptions options, int count) {
        NearestQueue queue = new NearestQueue(count);
        for (int row = first + unwanted; row < view.rows(); row++) {
            if (near[row - first] < queue.limit() && options.accepts(view, row)) {
                queue.offer(near[row - first], row);
            }
        }
        return queue.sort().entries();
    }

    /** Returns the entries with the smallest heads, one of each person. */
    private int[] people(SearchOptions options, int count) {
        int[] best = new int[view.people()];
        Arrays.fill(best, -1);
        for (int row = first + unwanted; row < view.rows(); row++) {
            int person = view.person(row);
            if (person >= 0
                    && (best[person] < 0 || near[row - first] < near[best[person] - first])
                    && options.accepts(view, row)) {
                best[person] = row;
            }
        }
        NearestQueue queue = new NearestQueue(count);
        for (int row : best) {
            if (row >= 0) {
                queue.offer(near[row - first], row);
            }
        }
        return queue.sort().entries();
    }
}
