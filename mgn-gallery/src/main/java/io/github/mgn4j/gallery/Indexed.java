package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import io.github.mgn4j.internal.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An approximate index and what it covers. That of a folder is loaded when it is first searched. Thread-safe.
 *
 * <p>Its file is the index, then a trailer: rows, overquery, recall, checksum of all before.
 */
final class Indexed {
    private static final int TRAILER = 2 * Integer.BYTES + Double.BYTES;

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

    ApproximateIndex index() {
        ApproximateIndex loaded = index;
        return loaded != null ? loaded : load();
    }

    private synchronized ApproximateIndex load() {
        ApproximateIndex loaded = index;
        if (loaded == null) {
            try {
                loaded = ApproximateIndex.read(content(), dims);
            } catch (IOException | RuntimeException e) {
                throw GalleryException.of(
                        "%s: cannot be read (%s); without the file, searches are exact",
                        String.valueOf(file), String.valueOf(e.getMessage()));
            }
            index = loaded;
        }
        return loaded;
    }

    private ByteBuffer content() throws IOException {
        if (file == null) {
            throw new IllegalStateException("an index in memory is always loaded");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            int length = all.capacity() - Integer.BYTES;
            CRC32C crc = new CRC32C();
            crc.update(all.slice(0, length));
            check((int) crc.getValue() == all.getInt(length), "%s: is damaged: its checksum differs", file);
            return all.slice(0, length - TRAILER);
        }
    }

    void write(Path to) throws IOException {
        ApproximateIndex written = index();
        AtomicFile.write(to, out -> {
            CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
            written.write(checked);
            ByteBuffer trailer = ByteBuffer.allocate(TRAILER);
            trailer.putInt(rows).putInt(overquery).putDouble(recall);
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
            return new Indexed(trailer.getInt(), trailer.getInt(), trailer.getDouble(), dims, file, null);
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
