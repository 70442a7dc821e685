package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import io.github.mgn4j.internal.io.AtomicFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An approximate index and what it covers. That of a folder is loaded when it is first searched. Thread-safe.
 *
 * <p>Its file is the index, then a trailer: rows, overquery, recall, version, checksum of all before.
 */
final class Indexed {
    private static final Logger LOG = LoggerFactory.getLogger(Indexed.class);
    private static final int TRAILER = 3 * Integer.BYTES + Double.BYTES;

    /** The layout of the index: "IDX2". */
    private static final int VERSION = 0x49445832;

    private static final int BUFFER = 1 << 20;

    private final int rows;
    private final int overquery;
    private final double recall;
    private final @Nullable Path file;
    private final int dims;
    private volatile @Nullable ApproximateIndex index;

    Indexed(int rows, int overquery, double recall, int dims, @Nullable Path file, @Nullable ApproximateIndex index) {
        this.rows = rows;
        this.overquery = overquery;
        this.recall = recall;
        this.dims = dims;
        this.file = file;
        this.index = index;
    }

    /** Returns the number of first rows that the index covers. */
    int rows() {
        return rows;
    }

    /** Returns how many candidates are compared exactly, as a multiple of k. */
    int overquery() {
        return overquery;
    }

    /** Returns the fraction of the ten nearest entries that are found, as measured when the index was built. */
    double recall() {
        return recall;
    }

    /** Returns the index, with the projections of all rows of a view, if it was needed before. */
    @Nullable
    ApproximateIndex loaded(View view) {
        ApproximateIndex loaded = index;
        if (loaded != null) {
            loaded.extend(view);
        }
        return loaded;
    }

    /** Returns the index, with the projections of all rows of a view. */
    ApproximateIndex index(View view) {
        ApproximateIndex loaded = index();
        loaded.extend(view);
        return loaded;
    }

    private ApproximateIndex index() {
        ApproximateIndex loaded = index;
        return loaded != null ? loaded : load();
    }

    /** Projects the rows of a view before it is searched, if the index was needed before. */
    void prepare(View view) {
        try {
            loaded(view);
        } catch (GalleryException e) {
            LOG.warn("{}; the next search will say so too", String.valueOf(e.getMessage()));
        }
    }

    private synchronized ApproximateIndex load() {
        ApproximateIndex loaded = index;
        if (loaded == null) {
            try {
                loaded = readFile();
            } catch (IOException | RuntimeException e) {
                throw GalleryException.of(
                        "%s: cannot be read (%s); without the file, searches are exact",
                        String.valueOf(file), String.valueOf(e.getMessage()));
            }
            index = loaded;
        }
        return loaded;
    }

    private ApproximateIndex readFile() throws IOException {
        if (file == null) {
            throw new IllegalStateException("an index in memory is always loaded");
        }
        // First, because a damaged file may ask for any amount of memory.
        checkSum(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            return ApproximateIndex.read(in, rows, dims);
        }
    }

    private static void checkSum(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            CRC32C crc = new CRC32C();
            ByteBuffer bytes = ByteBuffer.allocate(BUFFER);
            long end = channel.size() - Integer.BYTES;
            for (long at = 0; at < end; at += bytes.limit()) {
                bytes.clear().limit((int) Math.min(BUFFER, end - at));
                FileHeader.readFully(channel, bytes, at);
                crc.update(bytes.flip());
            }
            ByteBuffer sum = ByteBuffer.allocate(Integer.BYTES);
            FileHeader.readFully(channel, sum, end);
            check((int) crc.getValue() == sum.getInt(0), "%s: is damaged: its checksum differs", file);
        }
    }

    void write(Path to) throws IOException {
        ApproximateIndex written = index();
        AtomicFile.write(to, out -> {
            CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
            written.write(checked);
            ByteBuffer trailer = ByteBuffer.allocate(TRAILER);
            trailer.putInt(rows).putInt(overquery).putDouble(recall).putInt(VERSION);
            checked.write(trailer.array());
            out.write(ByteBuffer.allocate(Integer.BYTES)
                    .putInt((int) checked.getChecksum().getValue())
                    .array());
        });
    }

    /** Opens the index of a folder; null if it has none, or jvector is not on the class path. */
    static @Nullable Indexed open(Path file, int dims) throws IOException {
        if (!Files.exists(file) || !isAvailable()) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer trailer = ByteBuffer.allocate(TRAILER);
            FileHeader.readFully(channel, trailer, Math.max(0, channel.size() - TRAILER - Integer.BYTES));
            check(!trailer.hasRemaining(), "%s: is damaged: it is too short", file);
            trailer.flip();
            Indexed found = new Indexed(trailer.getInt(), trailer.getInt(), trailer.getDouble(), dims, file, null);
            if (trailer.getInt() != VERSION) {
                LOG.warn(
                        "{}: is of another version and is not used: searches are exact until the index is built again",
                        file);
                return null;
            }
            return found;
        }
    }

    static boolean isAvailable() {
        try {
            Class.forName("io.github.jbellis.jvector.graph.GraphSearcher", false, Indexed.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
