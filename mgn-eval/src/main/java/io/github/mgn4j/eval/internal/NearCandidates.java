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

    /** Returns the nearest entries and their exact distances, nearest first. Ties are ordered by entry. */
    public NearestQueue settle(IntToDoubleFunction exact) {
        if (size > k && k > 0) {
            prune();
        }
        NearestQueue queue = new NearestQueue(Math.min(k, size));
        for (int i = 0; i < size; i++) {
            queue.offer(exact.applyAsDouble(entries[i]), entries[i]);
        }
        return queue.sort();
    }

    /** Returns the k-th smallest value by Hoare's selection, which is several times faster than sorting. Reorders the values. */
    private static float smallest(float[] values, int k) {
        int low = 0;
        int high = values.length - 1;
        while (low < high) {
            float pivot = values[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    float swapped = values[i];
                    values[i++] = values[j];
                    values[j--] = swapped;
                }
            }
            if (k - 1 <= j) {
                high = j;
            } else if (k - 1 >= i) {
                low = i;
            } else {
                break;
            }
        }
        return values[k - 1];
    }

    private void prune() {
        // k entries are at most this value plus the tolerance away, so a near value more than twice the tolerance above
        // it cannot be among the k nearest.
        float nearest = smallest(Arrays.copyOf(values, size), k);
        limit = Math.min(limit, Math.nextUp((float) (nearest + 2.0 * tolerance)));
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
