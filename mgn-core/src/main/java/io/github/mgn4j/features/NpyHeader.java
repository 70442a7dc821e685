package io.github.mgn4j.features;

import static io.github.mgn4j.features.FeatureException.check;

import com.google.common.base.Strings;
import io.github.mgn4j.internal.io.FileKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a .npy file: a magic string, the format version, and a Python dictionary literal with the type, the order
 * and the shape. It may be followed by a mark, encoded in the white space that pads the header: 64 spaces (0) and tabs (1).
 * Readers skip white space, but some accept neither comments nor other keys.
 *
 * @param offset where the values begin, in bytes
 * @param mark the mark; 0 for none
 */
record NpyHeader(int offset, int itemSize, ByteOrder order, boolean fortran, int rows, int dims, long mark) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** NumPy itself rejects headers above 10,000 characters. */
    private static final int LONGEST = 1 << 16;
    /** Enough for any number of rows, so that the number can be filled in afterwards. */
    private static final int WRITTEN = 128;

    private static final Pattern ENTRY = Pattern.compile(
            "\\s*(['\"])(\\w+)\\1\\s*:\\s*(\\([^()]*\\)|'[^']*'|\"[^\"]*\"|True|False|\\[.*])\\s*(?:,\\s*|(?=}))");
    /** Python 2 wrote long numbers with an L. */
    private static final Pattern SHAPE = Pattern.compile("\\(\\s*(\\d{1,18})L?\\s*,\\s*(\\d{1,18})L?\\s*,?\\s*\\)");

    /** No byte order, or {@code =}, means the machine's own. */
    private static final Pattern TYPE = Pattern.compile("'[<>=|]?f[48]'");

    static NpyHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        ByteBuffer start = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, start, 0);
        start.flip();
        boolean magic = start.remaining() >= 10;
        for (int i = 0; magic && i < MAGIC.length; i++) {
            magic = start.get(i) == MAGIC[i];
        }
        check(magic, "%s: not a NumPy file (.npy)%s", file, magic ? "" : FileKind.found(file));
        int version = start.get(6);
        check(version >= 1 && version <= 3, "%s: NumPy format version %d, expected 1 to 3", file, version);
        int prefix = version == 1 ? 10 : 12;
        check(start.remaining() >= prefix, "%s: ends in its header", file);
        long length = version == 1 ? start.getShort(8) & 0xffff : start.getInt(8) & 0xffffffffL;
        check(length <= LONGEST, "%s: header of %d bytes, expected at most %d", file, length, LONGEST);
        check(prefix + length <= size, "%s: ends in its header of %d bytes", file, length);
        ByteBuffer text = ByteBuffer.allocate((int) length);
        readFully(channel, text, prefix);
        Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        return parse(file, size, prefix + (int) length, new String(text.array(), charset));
    }

    private static NpyHeader parse(Path file, long size, int offset, String text) {
        Map<String, String> entries = entries(file, text.strip());
        String descr = entries.getOrDefault("descr", "no type");
        check(
                TYPE.matcher(descr).matches(),
                "%s: holds values of type %s, expected float32 ('<f4') or float64 ('<f8')",
                file,
                descr);
        String order = entries.getOrDefault("fortran_order", "missing");
        check(order.equals("True") || order.equals("False"), "%s: fortran_order is %s", file, order);
        String shape = entries.getOrDefault("shape", "missing");
        Matcher axes = SHAPE.matcher(shape);
        check(axes.matches(), "%s: shape is %s, expected two axes (images, dims)", file, shape);
        long rows = Long.parseLong(axes.group(1));
        long dims = Long.parseLong(axes.group(2));
        check(dims >= 1, "%s: shape is %s, expected at least one value per image", file, shape);
        int itemSize = descr.charAt(descr.length() - 2) - '0';
        check(
                rows <= Integer.MAX_VALUE
                        && dims <= Integer.MAX_VALUE
                        && (rows == 0 || dims <= (Integer.MAX_VALUE - 8) / rows),
                "%s: shape is %s, expected fewer than 2^31 values",
                file,
                shape);
        long expected = offset + rows * dims * itemSize;
        check(
                size == expected,
                "%s: has %d bytes, expected %d for shape %s of type %s",
                file,
                size,
                expected,
                shape,
                descr);
        return new NpyHeader(
                offset, itemSize, order(descr.charAt(1)), order.equals("True"), (int) rows, (int) dims, mark(text));
    }

    private static long mark(String header) {
        int from = header.length() - 1 - Long.SIZE;
        long mark = 0;
        for (int i = Math.max(0, from); i < header.length() - 1; i++) {
            char c = header.charAt(i);
            if (from < 0 || (c != ' ' && c != '\t')) {
                return 0;
            }
            mark = mark << 1 | (c == '\t' ? 1 : 0);
        }
        return mark;
    }

    private static ByteOrder order(char mark) {
        return switch (mark) {
            case '<' -> ByteOrder.LITTLE_ENDIAN;
            case '>' -> ByteOrder.BIG_ENDIAN;
            default -> ByteOrder.nativeOrder();
        };
    }

    private static Map<String, String> entries(Path file, String text) {
        Map<String, String> entries = new HashMap<>();
        boolean valid = text.startsWith("{") && text.endsWith("}");
        if (valid) {
            Matcher entry = ENTRY.matcher(text).region(1, text.length());
            while (entry.lookingAt()) {
                entries.put(entry.group(2), entry.group(3).replace('"', '\''));
                entry.region(entry.end(), text.length());
            }
            valid = text.substring(entry.regionStart()).equals("}");
        }
        check(valid, "%s: header is not a dictionary with descr, fortran_order and shape", file);
        return entries;
    }

    /** Returns the header of a float32 file in C order; its length is constant. */
    static ByteBuffer write(int rows, int dims) {
        return write(rows, dims, WRITTEN, "");
    }

    /** Returns the header with a mark, which is longer. */
    static ByteBuffer writeMarked(int rows, int dims, long mark) {
        StringBuilder bits = new StringBuilder();
        for (int bit = Long.SIZE - 1; bit >= 0; bit--) {
            bits.append((mark >>> bit & 1) == 0 ? ' ' : '\t');
        }
        return write(rows, dims, WRITTEN + Long.SIZE, bits.toString());
    }

    private static ByteBuffer write(int rows, int dims, int length, String end) {
        String text =
                String.format(Locale.ROOT, "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", rows, dims);
        ByteBuffer header = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (length - 10));
        String filled = Strings.padEnd(text, length - 11 - end.length(), ' ') + end + "\n";
        header.put(filled.getBytes(StandardCharsets.US_ASCII));
        return header.flip();
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int n = channel.read(into, at);
            if (n < 0) {
                return;
            }
            at += n;
        }
    }
}
