package io.github.mgn4j.eval.internal;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Finds the k nearest entries of a row from near values: collects every entry that may be among them, then settles
 * their order by exact values.
 */
public final class NearCandidates {
    private final int k;
    private final float tolerance;
    private float[] values;
    private int[] entries;
    private int size;
    private float limit;

    /**
     * Creates an empty collection.
     *
     * @param k number of entries to find
     * @param tolerance largest difference between the values offered and the exact ones
     */
    public NearCandidates(int k, float tolerance) {
        this.k = k;
        this.tolerance = tolerance;
        values = new float[2 * k + 64];
        entries = new int[2 * k + 64];
        limit = k == 0 ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    }

    /** Returns the limit above which values need not be offered. */
    public float limit() {
        return limit;
    }

    /** Offers an entry with its near value. */
    public void offer(float near, int entry) {
        if (near <= limit) {
            if (size == values.length) {
                prune();
            }
            values[size] = near;
            entries[size++] = entry;
        }
    }

    /** Returns the nearest entries by exact distance, nearest first. Ties are ordered by entry. */
    public int[] settle(IntToDoubleFunction exact) {
        if (size > k && k > 0) {
            prune();
        }
        NearestQueue queue = new NearestQueue(Math.min(k, size));
        for (int i = 0; i < size; i++) {
            queue.offer(exact.applyAsDouble(entries[i]), entries[i]);
        }
        return queue.ascending();
    }

    private void prune() {
        float[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        // k entries are at most this value plus the tolerance away, so a near value more than twice the tolerance above
        // it cannot be among the k nearest.
        limit = Math.min(limit, Math.nextUp((float) (sorted[k - 1] + 2.0 * tolerance)));
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (values[i] <= limit) {
                values[kept] = values[i];
                entries[kept++] = entries[i];
            }
        }
        size = kept;
        if (size > values.length - 32) {
            values = Arrays.copyOf(values, 2 * values.length);
            entries = Arrays.copyOf(entries, 2 * entries.length);
        }
    }
}
