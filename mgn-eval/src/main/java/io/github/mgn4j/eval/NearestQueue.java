package io.github.mgn4j.eval;

/**
 * Keeps the nearest of the entries offered to it; on ties, those with the smaller index. A binary heap with the
 * farthest kept entry on top.
 */
final class NearestQueue {
    private final double[] distances;
    private final int[] entries;
    private int size;

    NearestQueue(int capacity) {
        distances = new double[capacity];
        entries = new int[capacity];
    }

    void offer(double distance, int entry) {
        if (size < entries.length) {
            int at = size++;
            while (at > 0 && isAfter(distance, entry, (at - 1) / 2)) {
                move((at - 1) / 2, at);
                at = (at - 1) / 2;
            }
            set(at, distance, entry);
        } else if (size > 0 && !isAfter(distance, entry, 0)) {
            sink(distance, entry);
        }
    }

    /** Returns the kept entries, nearest first, and empties the queue. */
    int[] ascending() {
        int[] ascending = new int[size];
        while (size > 0) {
            ascending[size - 1] = entries[0];
            size--;
            sink(distances[size], entries[size]);
        }
        return ascending;
    }

    /** Replaces the top by a value among the first {@link #size}. */
    private void sink(double distance, int entry) {
        int at = 0;
        int child = 1;
        while (child < size) {
            if (child + 1 < size && isAfter(distances[child + 1], entries[child + 1], child)) {
                child++;
            }
            if (isAfter(distance, entry, child)) {
                break;
            }
            move(child, at);
            at = child;
            child = 2 * at + 1;
        }
        set(at, distance, entry);
    }

    private boolean isAfter(double distance, int entry, int at) {
        return distance > distances[at] || (distance == distances[at] && entry > entries[at]);
    }

    private void move(int from, int to) {
        set(to, distances[from], entries[from]);
    }

    private void set(int at, double distance, int entry) {
        distances[at] = distance;
        entries[at] = entry;
    }
}
