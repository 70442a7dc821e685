package io.github.mgn4j.gallery;

import io.github.mgn4j.gallery.EntryTable.Labels;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** The columns of {@value #ROWS} consecutive rows, which are scanned, verified, allocated and read together. */
final class EntryChunk {
    static final int ROWS = 256;

    /** Returned for a row that has not been removed. */
    static final int ALIVE = Integer.MAX_VALUE;

    /** A removal before the process began. */
    private static final int DEAD = 0;

    /** Beside what {@link Labels#known} says. */
    private static final int IS_ALIVE = 8;

    /** Bytes of a row in a snapshot, but for its path. */
    private static final int ROW_BYTES = 1 + 6 * Integer.BYTES + 2 * Long.BYTES;

    private final byte[][] paths = new byte[ROWS][];
    private final byte[] known = new byte[ROWS];
    private final int[] pids = new int[ROWS];
    private final int[] people = new int[ROWS];
    private final int[] cameras = new int[ROWS];
    private final long[] times = new long[ROWS];
    private final long[] ids = new long[ROWS];
    private final float[] squares = new float[ROWS];
    private final int[] checksums = new int[ROWS];
    private final int[] died = new int[ROWS];

    /** The number of first rows whose features have been compared with their checksums. */
    volatile int verified;

    /** Sets a row. */
    void set(int i, long id, byte[] path, Labels labels, int person, float square, int checksum) {
        paths[i] = path;
        known[i] = labels.known();
        pids[i] = labels.pidOrZero();
        people[i] = person;
        cameras[i] = labels.cameraOrZero();
        times[i] = labels.timeOrZero();
        ids[i] = id;
        squares[i] = square;
        checksums[i] = checksum;
        died[i] = ALIVE;
    }

    /** Marks a row as removed by a commit. */
    void remove(int i, int commit) {
        died[i] = commit;
    }

    boolean hasPid(int i) {
        return (known[i] & Labels.HAS_PID) != 0;
    }

    int pid(int i) {
        return pids[i];
    }

    /** Returns the number of the pid among those of the table; -1 for none. */
    int person(int i) {
        return people[i];
    }

    boolean hasCamera(int i) {
        return (known[i] & Labels.HAS_CAMERA) != 0;
    }

    int camera(int i) {
        return cameras[i];
    }

    boolean hasTime(int i) {
        return (known[i] & Labels.HAS_TIME) != 0;
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

    /** Returns the bytes that the first rows take in a snapshot. */
    int bytes(int rows) {
        int bytes = rows * ROW_BYTES;
        for (int i = 0; i < rows; i++) {
            bytes += paths[i].length;
        }
        return bytes;
    }

    /** Writes the first rows; no view tells removed ones by their commits later. */
    void write(ByteBuffer into, int rows) {
        for (int i = 0; i < rows; i++) {
            into.put((byte) (known[i] | (died[i] == ALIVE ? IS_ALIVE : 0)));
            into.putInt(pids[i]).putInt(people[i]).putInt(cameras[i]);
            into.putLong(times[i]).putLong(ids[i]);
            into.putFloat(squares[i]).putInt(checksums[i]);
            into.putInt(paths[i].length).put(paths[i]);
        }
    }

    /** Reads what {@link #write} wrote. */
    static EntryChunk read(ByteBuffer from, int rows) {
        EntryChunk chunk = new EntryChunk();
        for (int i = 0; i < rows; i++) {
            byte flags = from.get();
            chunk.known[i] = (byte) (flags & ~IS_ALIVE);
            chunk.died[i] = (flags & IS_ALIVE) == 0 ? DEAD : ALIVE;
            chunk.pids[i] = from.getInt();
            chunk.people[i] = from.getInt();
            chunk.cameras[i] = from.getInt();
            chunk.times[i] = from.getLong();
            chunk.ids[i] = from.getLong();
            chunk.squares[i] = from.getFloat();
            chunk.checksums[i] = from.getInt();
            chunk.paths[i] = new byte[from.getInt()];
            from.get(chunk.paths[i]);
        }
        return chunk;
    }
}
