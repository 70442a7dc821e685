package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import io.github.mgn4j.internal.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries at a commit, by which a gallery is opened without reading its log from the beginning: a header, the state, the places
 * of the chunks, then the chunks, each with a checksum. Made from the log, so that it may be deleted. Chunks are read from a mapping
 * when they are first needed. Thread-safe.
 */
final class Snapshot {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);
    private static final String KIND = "MGNGSNP ";
    private static final int PLACES = FileHeader.LENGTH + Head.BYTES + Integer.BYTES;

    private final Path file;
    private final Head head;
    private final ByteBuffer bytes;
    private final AtomicReferenceArray<EntryChunk> chunks;

    /**
     * The state at the commit.
     *
     * @param people number of different pids
     * @param logEnd the length of the log up to the commit
     * @param logPrint the log's {@link EntryLog#fingerprint} there
     * @param longest the largest length of a feature
     */
    record Head(int rows, int live, int people, long nextId, long logEnd, int logPrint, double longest) {
        static final int BYTES = 4 * Integer.BYTES + 2 * Long.BYTES + Double.BYTES;

        int parts() {
            return (rows + EntryChunk.ROWS - 1) / EntryChunk.ROWS;
        }

        int width(int part) {
            return Math.min(EntryChunk.ROWS, rows - part * EntryChunk.ROWS);
        }
    }

    private Snapshot(Path file, Head head, ByteBuffer bytes) {
        this.file = file;
        this.head = head;
        this.bytes = bytes;
        chunks = new AtomicReferenceArray<>(head.parts());
    }

    /** Opens the snapshot of a generation; null if there is none that is whole. */
    static @Nullable Snapshot open(Path file, int dims, long generation) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            FileHeader.check(file, channel, KIND, dims, generation);
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            Head head = head(file, all);
            return new Snapshot(file, head, all);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.warn("{}: is not used ({}): the log is read instead", file, e.getMessage());
            return null;
        }
    }

    private static Head head(Path file, ByteBuffer all) {
        ByteBuffer in = all.slice(FileHeader.LENGTH, Head.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Head head = new Head(
                in.getInt(), in.getInt(), in.getInt(), in.getLong(), in.getLong(), in.getInt(), in.getDouble());
        int sum = all.getInt(FileHeader.LENGTH + Head.BYTES);
        check(FileHeader.checksum(in, 0, Head.BYTES) == sum, "%s: is damaged: its checksum differs", file);
        int places = (head.parts() + 1) * Long.BYTES;
        check(
                FileHeader.checksum(all, PLACES, places) == all.getInt(PLACES + places),
                "%s: is damaged: the checksum of its places differs",
                file);
        long end = all.getLong(PLACES + head.parts() * Long.BYTES);
        check(all.capacity() == end, "%s: is damaged: has %d bytes, expected %d", file, all.capacity(), end);
        return head;
    }

    Path file() {
        return file;
    }

    Head head() {
        return head;
    }

    /**
     * Returns the chunk of a part, always the same one.
     *
     * @throws GalleryException if it is damaged
     */
    EntryChunk chunk(int part) {
        EntryChunk known = chunks.get(part);
        if (known != null) {
            return known;
        }
        EntryChunk read = read(part);
        return chunks.compareAndSet(part, null, read) ? read : chunks.get(part);
    }

    private EntryChunk read(int part) {
        int from = (int) place(part);
        int length = (int) place(part + 1) - from - Integer.BYTES;
        check(
                FileHeader.checksum(bytes, from, length) == bytes.getInt(from + length),
                "%s: is damaged: the checksum of rows %d to %d differs; delete the file, it is made again from the log",
                file,
                part * EntryChunk.ROWS,
                part * EntryChunk.ROWS + head.width(part) - 1);
        return EntryChunk.read(bytes.slice(from, length).order(ByteOrder.LITTLE_ENDIAN), head.width(part));
    }

    private long place(int part) {
        return bytes.getLong(PLACES + part * Long.BYTES);
    }

    /**
     * Writes a snapshot. The file appears complete or not at all; a file of more than 2 GiB, which has no mapping, does not.
     *
     * @param rows the committed rows, and no others
     */
    static void write(Path file, Manifest manifest, Head head, EntryChunks rows) throws IOException {
        int places = (head.parts() + 1) * Long.BYTES;
        byte[] bytes = new byte[PLACES + places + Integer.BYTES];
        ByteBuffer start = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        start.put(FileHeader.of(KIND, manifest.dims(), manifest.generation()));
        start.putInt(head.rows()).putInt(head.live()).putInt(head.people());
        start.putLong(head.nextId())
                .putLong(head.logEnd())
                .putInt(head.logPrint())
                .putDouble(head.longest());
        start.putInt(FileHeader.checksum(start, FileHeader.LENGTH, Head.BYTES));
        long end = start.capacity();
        for (int part = 0; part < head.parts(); part++) {
            start.putLong(end);
            end += rows.get(part).bytes(head.width(part)) + Integer.BYTES;
        }
        start.putLong(end);
        start.putInt(FileHeader.checksum(start, PLACES, places));
        if (end <= Integer.MAX_VALUE) {
            AtomicFile.write(file, out -> {
                out.write(bytes);
                for (int part = 0; part < head.parts(); part++) {
                    out.write(encode(rows.get(part), head.width(part)));
                }
            });
        }
    }

    private static byte[] encode(EntryChunk chunk, int width) {
        int length = chunk.bytes(width);
        byte[] bytes = new byte[length + Integer.BYTES];
        ByteBuffer encoded = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        chunk.write(encoded, width);
        encoded.putInt(FileHeader.checksum(encoded, 0, length));
        return bytes;
    }
}
