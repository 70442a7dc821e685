package io.github.mgn4j.gallery;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries by row, in columns. One thread appends and removes; others read the rows of a {@link View}, which never change but
 * for the number of the commit that removed them.
 */
final class EntryTable {
    private EntryChunks chunks = EntryChunks.none();
    private int rows;
    private int people;
    private @Nullable Map<Integer, Integer> numbers;

    /** Begins with the rows of a snapshot. */
    void resume(Snapshot snapshot) {
        chunks = EntryChunks.of(snapshot);
        rows = snapshot.head().rows();
        people = snapshot.head().people();
    }

    int rows() {
        return rows;
    }

    EntryChunks chunks() {
        return chunks;
    }

    EntryChunk chunk(int row) {
        return chunks.get(row / EntryChunk.ROWS);
    }

    /** Returns the number of different pids so far, those of removed rows included. */
    int people() {
        return people;
    }

    /**
     * Appends a row.
     *
     * @param square the squared length of the feature
     * @param checksum of the feature's bytes
     */
    void append(long id, byte[] path, Labels labels, float square, int checksum) {
        chunks = chunks.with(rows / EntryChunk.ROWS);
        chunk(rows).set(rows % EntryChunk.ROWS, id, path, labels, number(labels.pid()), square, checksum);
        rows++;
    }

    private int number(@Nullable Integer pid) {
        if (pid == null) {
            return -1;
        }
        if (numbers == null) {
            numbers = new HashMap<>();
            for (int row = 0; row < rows; row++) {
                EntryChunk chunk = chunk(row);
                int i = row % EntryChunk.ROWS;
                if (chunk.hasPid(i)) {
                    numbers.put(chunk.pid(i), chunk.person(i));
                }
            }
        }
        return numbers.computeIfAbsent(pid, unknown -> people++);
    }

    /** Marks a row as removed by a commit. */
    void remove(int row, int commit) {
        chunk(row).remove(row % EntryChunk.ROWS, commit);
    }

    boolean isRemoved(int row) {
        return chunk(row).died(row % EntryChunk.ROWS) != EntryChunk.ALIVE;
    }

    /** Forgets the rows from a number on, which no view has. */
    void cut(int count) {
        rows = count;
    }

    /**
     * The labels of an entry, each null if unknown.
     *
     * @param time in milliseconds since 1970
     */
    record Labels(
            @Nullable Integer pid,
            @Nullable Integer camid,
            @Nullable Long time) {
        static final int HAS_PID = 1;
        static final int HAS_CAMERA = 2;
        static final int HAS_TIME = 4;

        static Labels of(GalleryEntry entry) {
            Instant time = entry.time();
            return new Labels(entry.pid(), entry.camid(), time == null ? null : time.toEpochMilli());
        }

        /** Returns the labels that {@link #known} says are known. */
        static Labels of(byte known, int pid, int camera, long time) {
            return new Labels(
                    (known & HAS_PID) == 0 ? null : pid,
                    (known & HAS_CAMERA) == 0 ? null : camera,
                    (known & HAS_TIME) == 0 ? null : time);
        }

        /** Returns which labels are known, as files state it. */
        byte known() {
            return (byte)
                    ((pid == null ? 0 : HAS_PID) | (camid == null ? 0 : HAS_CAMERA) | (time == null ? 0 : HAS_TIME));
        }

        int pidOrZero() {
            return pid == null ? 0 : pid;
        }

        int cameraOrZero() {
            return camid == null ? 0 : camid;
        }

        long timeOrZero() {
            return time == null ? 0 : time;
        }
    }
}
