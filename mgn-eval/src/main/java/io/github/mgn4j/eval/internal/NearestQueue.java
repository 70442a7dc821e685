package io.github.mgn4j.eval.internal;

import java.util.Arrays;

/**
 * Keeps the nearest of the entries offered to it; on ties, those with the smaller index. A binary heap with the
 * farthest kept entry on top.
 */
public final class NearestQueue {
    private final double[] distances;
    private final int[] entries;
    private int size;

    /** Creates an empty queue for at most {@code capacity} entries. */
    public NearestQueue(int capacity) {
        distances = new double[capacity];
        entries = new int[capacity];
    }

    /** Returns the distance above which no entry is kept. */
    public double limit() {
        if (size < entries.length) {
            return Double.POSITIVE_INFINITY;
        }
        return size == 0 ? Double.NEGATIVE_INFINITY : distances[0];
    }

    /** Offers an entry at a distance. */
    public void offer(double distance, int entry) {
        if (size < entries.length) {
            int position = size++;
            while (position > 0 && isAfter(distance, entry, (position - 1) / 2)) {
                move((position - 1) / 2, position);
                position = (position - 1) / 2;
            }
            set(position, distance, entry);
        } else if (size > 0 && !isAfter(distance, entry, 0)) {
            sink(distance, entry);
        }
    }

    /** Orders the kept entries, nearest first. Nothing can be offered from then on. Returns this. */
    public NearestQueue sort() {
        int count = size;
        while (size > 0) {
            double distance = distances[0];
            int entry = entries[0];
            size--;
            sink(distances[size], entries[size]);
            set(size, distance, entry);
        }
        size = count;
        return this;
    }

    /** Returns the number of kept entries. */
    public int size() {
        return size;
    }

    /** Returns the entry at a place, from 0; after {@link #sort}. */
    public int entry(int place) {
        return entries[place];
    }

    /** Returns the distance of {@link #entry}. */
    public double distance(int place) {
        return distances[place];
    }

    /** Returns the kept entries; after {@link #sort}, nearest first. */
    public int[] entries() {
        return Arrays.copyOf(entries, size);
    }

    /** Replaces the top by a value among the first {@link #size}. */
    private void sink(double distance, int entry) {
        int position = 0;
        int child = 1;
        while (child < size) {
            if (child + 1 < size && isAfter(distances[child + 1], entries[child + 1], child)) {
                child++;
            }
            if (isAfter(distance, entry, child)) {
                break;
            }
            move(child, position);
            position = child;
            child = 2 * position + 1;
        }
        set(position, distance, entry);
    }

    private boolean isAfter(double distance, int entry, int position) {
        return distance > distances[position] || (distance == distances[position] && entry > entries[position]);
    }

    private void move(int from, int to) {
        set(to, distances[from], entries[from]);
    }

    private void set(int position, double distance, int entry) {
        distances[position] = distance;
        entries[position] = entry;
    }
}
