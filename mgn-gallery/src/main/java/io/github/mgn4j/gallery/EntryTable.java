package io.github.mgn4j.gallery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries by row, in columns. One thread appends and removes; others read the rows of a {@link View}, which never change but
 * for the number of the commit that removed them.
 */
final class EntryTable {
    /** Rows that are scanned, verified and allocated together. */
    static final int CHUNK = 256;

    /** Returned for a row that has not been removed. */
    static final int ALIVE = Integer.MAX_VALUE;

    private static final int HAS_PID = 1;
    private static final int HAS_CAMERA = 2;
    private static final int HAS_TIME = 4;

    private final Map<Integer, Integer> people = new HashMap<>();
    private Chunk[] chunks = new Chunk[4];
    private int rows;

    /** The columns of consecutive rows. */
    static final class Chunk {
        private final byte[][] paths = new byte[CHUNK][];
        private final byte[] known = new byte[CHUNK];
        private final int[] pids = new int[CHUNK];
        private final int[] people = new int[CHUNK];
        private final int[] cameras = new int[CHUNK];
        private final long[] times = new long[CHUNK];
        private final long[] ids = new long[CHUNK];
        private final float[] squares = new float[CHUNK];
        private final int[] checksums = new int[CHUNK];
        private final int[] died = new int[CHUNK];

        /** The number of first rows whose features have been compared with their checksums. */
        volatile int verified;

        boolean hasPid(int i) {
            return (known[i] & HAS_PID) != 0;
        }

        int pid(int i) {
            return pids[i];
        }

        /** Returns the number of the pid among those of the table; -1 for none. */
        int person(int i) {
            return people[i];
        }

        boolean hasCamera(int i) {
            return (known[i] & HAS_CAMERA) != 0;
        }

        int camera(int i) {
            return cameras[i];
        }

        boolean hasTime(int i) {
            return (known[i] & HAS_TIME) != 0;
        }

        long time(int i) {
            return times[i];
        }

        long id(int i) {
            return ids[i];
        }

        /** Returns the squared length of the feature. */
        float square(int i) {
            return squares[i];
        }

        int checksum(int i) {
            return checksums[i];
        }

        /** Returns the number of the commit that removed a row, or {@link #ALIVE}. */
        int died(int i) {
            return died[i];
        }

        byte[] path(int i) {
            return paths[i];
        }

        GalleryEntry entry(int i) {
            return new GalleryEntry(
                    new String(paths[i], StandardCharsets.UTF_8),
                    hasPid(i) ? pids[i] : null,
                    hasCamera(i) ? cameras[i] : null,
                    hasTime(i) ? Instant.ofEpochMilli(times[i]) : null);
        }
    }

    int rows() {
        return rows;
    }

    /** Returns the chunks; the array may be longer than the rows need. */
    Chunk[] chunks() {
        return chunks;
    }

    Chunk chunk(int row) {
        return chunks[row / CHUNK];
    }

    /** Returns the number of different pids so far, those of removed rows included. */
    int people() {
        return people.size();
    }

    /**
     * Appends a row.
     *
     * @param square the squared length of the feature
     * @param checksum of the feature's bytes
     */
    void append(long id, byte[] path, Labels labels, float square, int checksum) {
        int i = rows % CHUNK;
        if (rows / CHUNK == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunks.length);
        }
        if (chunks[rows / CHUNK] == null) {
            chunks[rows / CHUNK] = new Chunk();
        }
        Chunk chunk = chunks[rows / CHUNK];
        chunk.paths[i] = path;
        chunk.known[i] = (byte) ((labels.pid() == null ? 0 : HAS_PID)
                | (labels.camid() == null ? 0 : HAS_CAMERA)
                | (labels.time() == null ? 0 : HAS_TIME));
        chunk.pids[i] = labels.pid() == null ? 0 : labels.pid();
        chunk.people[i] = labels.pid() == null ? -1 : people.computeIfAbsent(labels.pid(), pid -> people.size());
        chunk.cameras[i] = labels.camid() == null ? 0 : labels.camid();
        chunk.times[i] = labels.time() == null ? 0 : labels.time();
        chunk.ids[i] = id;
        chunk.squares[i] = square;
        chunk.checksums[i] = checksum;
        chunk.died[i] = ALIVE;
        rows++;
    }

    /** Marks a row as removed by a commit. */
    void remove(int row, int commit) {
        chunk(row).died[row % CHUNK] = commit;
    }

    boolean isRemoved(int row) {
        return chunk(row).died[row % CHUNK] != ALIVE;
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
        static Labels of(GalleryEntry entry) {
            Instant time = entry.time();
            return new Labels(entry.pid(), entry.camid(), time == null ? null : time.toEpochMilli());
        }
    }
}
