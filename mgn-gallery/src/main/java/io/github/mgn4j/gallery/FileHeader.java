package io.github.mgn4j.gallery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** The first bytes of a gallery's files: eight that name the kind, version, dims, generation and a checksum of these. */
final class FileHeader {
    /** Length in bytes. */
    static final int LENGTH = 32;

    private static final int CHECKED = 28;
    private static final int KIND = 8;

    private FileHeader() {}

    static ByteBuffer of(String kind, int dims, long generation) {
        ByteBuffer header = allocate(LENGTH);
        header.put(kind.getBytes(StandardCharsets.US_ASCII));
        header.putInt(Manifest.VERSION).putInt(dims).putLong(generation).putInt(0);
        header.putInt(checksum(header, 0, CHECKED));
        return header.flip();
    }

    /** Returns a buffer of the byte order of all files. */
    static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static int checksum(ByteBuffer bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(from, length));
        return (int) crc.getValue();
    }

    /** Checks that a file begins with a header. */
    static void check(Path file, FileChannel channel, String kind, int dims, long generation) throws IOException {
        ByteBuffer found = allocate(LENGTH);
        readFully(channel, found, 0);
        found.clear();
        GalleryException.check(
                checksum(found, 0, CHECKED) == found.getInt(CHECKED)
                        && kind.contentEquals(StandardCharsets.US_ASCII.decode(found.slice(0, KIND))),
                "%s: is damaged: its header is not that of a file of a gallery",
                file);
        GalleryException.check(
                found.getInt(KIND) <= Manifest.VERSION,
                "%s: has version %d, expected at most %d: a newer mgn4j wrote it",
                file,
                found.getInt(KIND),
                Manifest.VERSION);
        GalleryException.check(
                found.getInt(KIND + 4) == dims && found.getLong(KIND + 8) == generation,
                "%s: is of %d dims and generation %d, expected %d and %d: it belongs to another gallery",
                file,
                found.getInt(KIND + 4),
                found.getLong(KIND + 8),
                dims,
                generation);
    }

    /** Reads until a buffer is full or the file ends. */
    static void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                return;
            }
            at += count;
        }
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }
}
