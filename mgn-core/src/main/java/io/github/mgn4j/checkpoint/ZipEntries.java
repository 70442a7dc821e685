package io.github.mgn4j.checkpoint;

import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a zip archive (with zip64). PyTorch stores them uncompressed, and they are views of the mapped file;
 * {@code java.util.zip} would copy each. Entries that another program has deflated are inflated on access. Opening an
 * archive checks all bounds, names and checksums. A checksum of 0 means that it was not computed, as PyTorch writes on
 * request. Bytes behind the archive, such as padding, are ignored.
 */
final class ZipEntries {
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int END64_LOCATOR = 0x07064b50;
    private static final int LOCAL_SIZE = 30;
    private static final int CENTRAL_SIZE = 46;
    private static final int END_SIZE = 22;
    private static final int END64_SIZE = 56;
    private static final int LOCATOR_SIZE = 20;
    private static final long UNKNOWN_32 = 0xffffffffL;
    private static final int ENCRYPTED = 1;
    private static final int ZIP64_FIELD = 1;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    /** The largest distance of the archive's end from the end of the file. */
    private static final int MOST_BEHIND = 1 << 20;

    /** Weights shrink by a tenth, and zeros to nothing: inflated data must not be many times the file. */
    private static final long MOST_INFLATED = 16;

    private static final int SLACK = 1 << 24;

    private final MappedFile file;
    private final Map<String, ZipEntry> entries = new LinkedHashMap<>();
    private long inflated;

    private ZipEntries(MappedFile file) {
        this.file = file;
    }

    /** The location of the list of entries. */
    private record Directory(long offset, long size, long count) {}

    /** Returns whether a file begins as a zip archive does. */
    static boolean isZip(MappedFile file) throws IOException {
        return file.size() >= Integer.BYTES && file.slice(0, Integer.BYTES).getInt(0) == LOCAL_HEADER;
    }

    /** Returns the entries by name, in the order of the directory. */
    Map<String, ZipEntry> entries() {
        return entries;
    }

    /**
     * Opens an archive.
     *
     * @throws WeightsException if it is damaged or encrypted, or has an entry whose name points outside it
     */
    static ZipEntries read(MappedFile file) throws IOException {
        ZipEntries zip = new ZipEntries(file);
        Directory directory = zip.directory();
        zip.check(
                directory.size() <= Integer.MAX_VALUE
                        && directory.count() >= 0
                        && directory.count() <= directory.size() / CENTRAL_SIZE,
                "its directory cannot hold " + directory.count() + " entries");
        ByteBuffer headers = file.slice(directory.offset(), directory.size());
        for (long i = 0; i < directory.count(); i++) {
            zip.readEntry(headers, directory.offset());
        }
        return zip;
    }

    private Directory directory() throws IOException {
        long from = Math.max(0, file.size() - END_SIZE - MOST_BEHIND);
        ByteBuffer tail = file.slice(from, file.size() - from);
        WeightsException first = null;
        for (int i = tail.remaining() - END_SIZE; i >= 0; i--) {
            if (tail.getInt(i) == END && unsigned(tail.getShort(i + 20)) <= tail.remaining() - i - END_SIZE) {
                try {
                    return directory(tail, i, from + i);
                } catch (WeightsException e) { // the signature may occur by chance
                    first = first == null ? e : first;
                }
            }
        }
        throw first != null
                ? first
                : damaged("it has no directory (the file is cut off, or has more than %s other bytes at its end)"
                        .formatted(MOST_BEHIND));
    }

    private Directory directory(ByteBuffer tail, int at, long end) throws IOException {
        long count = unsigned(tail.getShort(at + 10));
        long size = unsigned(tail.getInt(at + 12));
        long offset = unsigned(tail.getInt(at + 16));
        boolean zip64 = count == 0xffff || size == UNKNOWN_32 || offset == UNKNOWN_32;
        Directory large = zip64 ? directory64(end) : null;
        Directory directory = large == null ? new Directory(offset, size, count) : large;
        check(
                directory.offset() >= 0
                        && directory.size() >= 0
                        && directory.offset() <= end
                        && directory.size() <= end - directory.offset(),
                "its directory lies outside the file");
        return directory;
    }

    private @Nullable Directory directory64(long end) throws IOException {
        if (end < LOCATOR_SIZE) {
            return null;
        }
        ByteBuffer locator = file.slice(end - LOCATOR_SIZE, LOCATOR_SIZE);
        if (locator.getInt(0) != END64_LOCATOR) {
            return null;
        }
        long offset = locator.getLong(8);
        check(offset >= 0 && offset <= end - LOCATOR_SIZE - END64_SIZE, "its zip64 directory lies outside the file");
        ByteBuffer record = file.slice(offset, END64_SIZE);
        check(record.getInt(0) == END64, "its zip64 directory is not where it should be");
        return new Directory(record.getLong(48), record.getLong(40), record.getLong(32));
    }

    private void readEntry(ByteBuffer headers, long directoryOffset) throws IOException {
        int at = headers.position();
        check(
                headers.remaining() >= CENTRAL_SIZE && headers.getInt(at) == CENTRAL_HEADER,
                "its directory is cut off or overwritten");
        int nameLength = unsigned(headers.getShort(at + 28));
        int extraLength = unsigned(headers.getShort(at + 30));
        int commentLength = unsigned(headers.getShort(at + 32));
        check(
                headers.remaining() >= CENTRAL_SIZE + nameLength + extraLength + commentLength,
                "its directory is cut off");
        String name = text(headers, at + CENTRAL_SIZE, nameLength);
        checkName(name);
        check((headers.getShort(at + 8) & ENCRYPTED) == 0, "entry '" + name + "' is encrypted");
        int method = unsigned(headers.getShort(at + 10));
        check(
                method == STORED || method == DEFLATED,
                "entry '" + name + "' is compressed by method " + method + "; 0 (stored) and 8 (deflated) are read");
        int sum = headers.getInt(at + 16);
        ByteBuffer extra =
                headers.slice(at + CENTRAL_SIZE + nameLength, extraLength).order(headers.order());
        long[] fields = {
            unsigned(headers.getInt(at + 24)), unsigned(headers.getInt(at + 20)), unsigned(headers.getInt(at + 42))
        };
        readZip64(extra, fields, name);
        headers.position(at + CENTRAL_SIZE + nameLength + extraLength + commentLength);
        check(
                method == DEFLATED || fields[0] == fields[1],
                "entry '" + name + "' is stored in " + fields[1] + " bytes but claims " + fields[0]);
        check(
                fields[0] >= 0 && fields[0] <= Integer.MAX_VALUE - 8,
                "entry '" + name + "' claims " + fields[0] + " bytes, at most 2 GiB are read");
        if (method == DEFLATED) {
            inflated += fields[0];
            check(
                    inflated <= MOST_INFLATED * file.size() + SLACK,
                    "its deflated entries claim " + inflated + " bytes, the file has " + file.size());
        }
        addEntry(name, fields, method == DEFLATED, sum, directoryOffset);
    }

    /**
     * Replaces the fields (size, stored size, offset) that are too large for 32 bits by their 64-bit values.
     */
    private void readZip64(ByteBuffer extra, long[] fields, String name) {
        while (extra.remaining() >= 4) {
            int id = unsigned(extra.getShort());
            int length = unsigned(extra.getShort());
            check(length <= extra.remaining(), "entry '" + name + "' has a field that is cut off");
            int next = extra.position() + length;
            for (int i = 0; id == ZIP64_FIELD && i < fields.length; i++) {
                if (fields[i] == UNKNOWN_32) {
                    check(next - extra.position() >= Long.BYTES, "entry '" + name + "' has a zip64 field cut off");
                    fields[i] = extra.getLong();
                }
            }
            extra.position(next);
        }
    }

    private void addEntry(String name, long[] fields, boolean deflated, int sum, long directoryOffset)
            throws IOException {
        long size = fields[1];
        long offset = fields[2];
        check(
                offset >= 0 && offset <= directoryOffset - LOCAL_SIZE,
                "entry '" + name + "' begins at " + offset + ", outside the archive");
        ByteBuffer local = file.slice(offset, LOCAL_SIZE);
        check(local.getInt(0) == LOCAL_HEADER, "entry '" + name + "' has no header at its offset " + offset);
        int nameLength = unsigned(local.getShort(26));
        long start = offset + LOCAL_SIZE + nameLength + unsigned(local.getShort(28));
        check(
                size >= 0 && start <= directoryOffset && size <= directoryOffset - start,
                "entry '" + name + "' claims " + size + " bytes, more than the archive has");
        ByteBuffer localName = file.slice(offset + LOCAL_SIZE, nameLength);
        check(text(localName, 0, nameLength).equals(name), "entry '" + name + "' has another name in its own header");
        ZipEntry entry = new ZipEntry(file, name, start, size, (int) fields[0], deflated);
        int actual = entry.checksum();
        check(sum == 0 || actual == sum, "entry '" + name + "' has a bad checksum (CRC-32)");
        check(entries.put(name, entry) == null, "entry '" + name + "' occurs twice");
    }

    private void checkName(String name) {
        boolean outside = name.isEmpty()
                || name.startsWith("/")
                || name.indexOf('\\') >= 0
                || name.indexOf('\0') >= 0
                || name.startsWith(":", 1)
                || ("/" + name + "/").contains("/../");
        check(!outside, "entry '" + name + "' points outside the archive");
    }

    private static String text(ByteBuffer bytes, int offset, int length) {
        return StandardCharsets.UTF_8.decode(bytes.slice(offset, length)).toString();
    }

    private static int unsigned(short value) {
        return Short.toUnsignedInt(value);
    }

    private static long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }

    private void check(boolean valid, String message) {
        if (!valid) {
            throw damaged(message);
        }
    }

    private WeightsException damaged(String message) {
        return new WeightsException(file.path() + ": bad zip archive: " + message);
    }
}
