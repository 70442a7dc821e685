package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import com.google.common.primitives.Longs;
import io.github.mgn4j.gallery.EntryTable.Labels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of additions, removals and commits: a header, the length of what is committed, then records. A record is its length,
 * its checksum and its body; the checksum covers its place, too, so that no leftover of an earlier write is taken for a record.
 * Records behind the last commit do not count. Used by one thread at a time.
 */
final class EntryLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EntryLog.class);

    private static final String KIND = "MGNGLOG ";

    /** Where the committed length and its checksum are: what a kill leaves behind, and what damage takes away, differ by it. */
    private static final int SLOT = FileHeader.LENGTH;

    /** Where the records begin: the length of a log without a commit. */
    static final int START = 64;

    /** Bytes by which a snapshot knows its log. */
    private static final int PRINTED = 256;

    private static final int RECORD_HEADER = 8;

    /** Bytes of records that wait in memory for their commit. */
    private static final int MOST_PENDING = 1 << 20;

    private static final int SHORTEST = 1;
    private static final int LONGEST = 64 + GalleryEntry.MAX_PATH;

    private static final byte ADD = 1;
    private static final byte REMOVE = 2;
    private static final byte COMMIT = 3;

    private final Path file;
    private final FileChannel channel;
    private final boolean writable;
    private ByteBuffer pending = FileHeader.allocate(1 << 12);
    private long committed = START;

    /** The bytes behind the committed ones that were written ahead of their commit. */
    private long ahead;

    /** Receives the records in order. */
    interface Replay {
        /** Takes an addition, whose row is the next. */
        void added(long id, byte[] path, Labels labels, float square, int checksum);

        /** Takes a removal. */
        void removed(int row);

        /** Takes a commit, which makes those before it count. */
        void committed(int rows, long nextId);
    }

    private EntryLog(Path file, FileChannel channel, boolean writable) {
        this.file = file;
        this.channel = channel;
        this.writable = writable;
    }

    static EntryLog create(Path file, int dims, long generation) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            ByteBuffer start = FileHeader.allocate(START).put(FileHeader.of(KIND, dims, generation));
            FileHeader.writeFully(channel, start.rewind(), 0);
            EntryLog created = new EntryLog(file, channel, true);
            created.writeSlot();
            channel.force(true);
            return created;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    static EntryLog open(Path file, int dims, long generation, boolean writable) throws IOException {
        FileChannel channel = writable
                ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(file, StandardOpenOption.READ);
        try {
            FileHeader.check(file, channel, KIND, dims, generation);
            return new EntryLog(file, channel, writable);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Begins behind a commit that a snapshot holds.
     *
     * @param print the {@link #fingerprint} at the commit
     * @return whether the log is the one that the snapshot was made from
     * @throws GalleryException if the log is shorter
     */
    boolean resume(long end, int print) throws IOException {
        check(
                channel.size() >= end,
                "%s: is damaged: has %d bytes, expected at least %d; restore the folder from a copy",
                file,
                channel.size(),
                end);
        boolean same = fingerprint(end) == print;
        committed = same ? end : committed;
        return same;
    }

    /** Returns a checksum of the last bytes up to a place. */
    int fingerprint(long end) throws IOException {
        ByteBuffer last = FileHeader.allocate((int) Math.min(PRINTED, end));
        FileHeader.readFully(channel, last, end - last.capacity());
        return FileHeader.checksum(last, 0, last.capacity());
    }

    /**
     * Reads all committed records and compares them with their checksums.
     *
     * @throws GalleryException if one is damaged
     */
    void verify() throws IOException {
        RecordReader reader = new RecordReader(channel, START);
        while (reader.position() < committed && reader.next()) {
            // the reader compares
        }
        check(
                reader.position() == committed,
                "%s: is damaged: the record at byte %d is not valid; restore the folder from a copy",
                file,
                reader.position());
    }

    /**
     * Reads the records behind the last commit that is known, up to the last there is. What follows it was not committed: a writer
     * cuts it off.
     *
     * @throws GalleryException if a committed record is damaged
     */
    void replay(Replay target) throws IOException {
        long promised = promised();
        RecordReader reader = new RecordReader(channel, committed);
        while (reader.next()) {
            if (apply(reader.body(), target)) {
                committed = reader.position();
            }
        }
        check(
                committed >= promised,
                "%s: is damaged: the record at byte %d is not valid, and %d bytes behind it were committed; restore the"
                        + " folder from a copy",
                file,
                reader.position(),
                promised - reader.position());
        if (writable && channel.size() > committed) {
            log.info("{}: {} bytes behind the last commit are cut off", file, channel.size() - committed);
            channel.truncate(committed);
        }
    }

    /** Returns the committed length that the file states; 0 if it was being written. */
    private long promised() throws IOException {
        ByteBuffer slot = FileHeader.allocate(Long.BYTES + Integer.BYTES);
        FileHeader.readFully(channel, slot, SLOT);
        return !slot.hasRemaining() && FileHeader.checksum(slot, 0, Long.BYTES) == slot.getInt(Long.BYTES)
                ? slot.getLong(0)
                : 0;
    }

    private void writeSlot() throws IOException {
        ByteBuffer slot = FileHeader.allocate(Long.BYTES + Integer.BYTES);
        slot.putLong(committed).putInt(FileHeader.checksum(slot, 0, Long.BYTES));
        FileHeader.writeFully(channel, slot.flip(), SLOT);
    }

    /** Hands a record over and returns whether it is a commit. */
    private boolean apply(ByteBuffer body, Replay target) {
        byte type = body.get();
        switch (type) {
            case ADD -> {
                long id = body.getLong();
                float square = body.getFloat();
                int checksum = body.getInt();
                byte known = body.get();
                int pid = body.getInt();
                int camera = body.getInt();
                long time = body.getLong();
                byte[] path = new byte[body.remaining()];
                body.get(path);
                target.added(id, path, Labels.of(known, pid, camera, time), square, checksum);
            }
            case REMOVE -> target.removed(body.getInt());
            case COMMIT -> target.committed(body.getInt(), body.getLong());
            default -> throw GalleryException.of("%s: has a record of type %d: a newer mgn4j wrote it", file, type);
        }
        return type == COMMIT;
    }

    void add(long id, byte[] path, Labels labels, float square, int checksum) throws IOException {
        int start = begin(ADD, Long.BYTES + 5 * Integer.BYTES + 1 + Long.BYTES + path.length);
        pending.putLong(id).putFloat(square).putInt(checksum);
        pending.put(labels.known());
        pending.putInt(labels.pidOrZero()).putInt(labels.cameraOrZero()).putLong(labels.timeOrZero());
        pending.put(path);
        end(start);
    }

    void remove(int row) throws IOException {
        int start = begin(REMOVE, Integer.BYTES);
        pending.putInt(row);
        end(start);
    }

    /** Writes the pending records and a commit. They are on disk when this method returns. */
    void commit(int rows, long nextId) throws IOException {
        int start = begin(COMMIT, Integer.BYTES + Long.BYTES);
        pending.putInt(rows).putLong(nextId);
        end(start);
        writeAhead();
        channel.force(false);
        committed += ahead;
        ahead = 0;
        writeSlot(); // reaches the disk with the next commit, or when the system finds time
    }

    /** Writes the pending records. Without a commit behind them they do not count. */
    private void writeAhead() throws IOException {
        int length = pending.position();
        FileHeader.writeFully(channel, pending.flip(), committed + ahead);
        ahead += length;
        pending.clear();
    }

    private int begin(byte type, int bytes) throws IOException {
        if (pending.position() > MOST_PENDING) {
            writeAhead();
        }
        int start = pending.position();
        int needed = start + RECORD_HEADER + 1 + bytes;
        if (needed > pending.capacity()) {
            pending = FileHeader.allocate(Math.max(needed, 2 * pending.capacity()))
                    .put(pending.flip());
        }
        pending.position(start + RECORD_HEADER);
        pending.put(type);
        return start;
    }

    private void end(int start) {
        int length = pending.position() - start - RECORD_HEADER;
        pending.putInt(start, length);
        pending.putInt(
                start + Integer.BYTES, checksum(pending, start + RECORD_HEADER, length, committed + ahead + start));
    }

    private static int checksum(ByteBuffer bytes, int from, int length, long place) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(from, length));
        crc.update(Longs.toByteArray(place));
        return (int) crc.getValue();
    }

    /** Returns the bytes of what is committed. */
    long bytes() {
        return committed;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Reads records one after the other, as long as they are complete and their checksums right. */
    private static final class RecordReader {
        private static final int BUFFER = 1 << 20;

        private final FileChannel channel;
        private final ByteBuffer buffer = FileHeader.allocate(BUFFER).limit(0);
        private long position;
        private ByteBuffer body = buffer;

        RecordReader(FileChannel channel, long position) {
            this.channel = channel;
            this.position = position;
        }

        /** Returns the place behind the last record. */
        long position() {
            return position;
        }

        ByteBuffer body() {
            return body;
        }

        boolean next() throws IOException {
            if (!has(RECORD_HEADER)) {
                return false;
            }
            int at = buffer.position();
            int length = buffer.getInt(at);
            if (length < SHORTEST || length > LONGEST || !has(RECORD_HEADER + length)) {
                return false;
            }
            at = buffer.position();
            if (checksum(buffer, at + RECORD_HEADER, length, position) != buffer.getInt(at + Integer.BYTES)) {
                return false;
            }
            body = buffer.slice(at + RECORD_HEADER, length).order(ByteOrder.LITTLE_ENDIAN);
            buffer.position(at + RECORD_HEADER + length);
            position += RECORD_HEADER + length;
            return true;
        }

        /** Returns whether there are so many more bytes, which are in the buffer then. */
        private boolean has(int bytes) throws IOException {
            if (buffer.remaining() < bytes) {
                buffer.compact();
                FileHeader.readFully(channel, buffer, position + buffer.position());
                buffer.flip();
            }
            return buffer.remaining() >= bytes;
        }
    }
}
