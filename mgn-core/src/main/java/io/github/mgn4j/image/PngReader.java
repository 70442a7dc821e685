package io.github.mgn4j.image;

import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads PNG by the W3C's specification. Colours are converted as in Pillow (see {@link ImageDecoder}).
 */
final class PngReader {
    static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

    private static final int GRAY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int GRAY_ALPHA = 4;
    private static final int RGB_ALPHA = 6;

    /** The most bytes that one byte of deflated data can expand to. */
    private static final long MAX_INFLATION = 1032;

    /** Adam7: first column, first row, column step, row step of each pass. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    private final ByteReader file;
    private int width;
    private int height;
    private int depth;
    private int colour;
    private boolean interlaced;
    private byte[] palette = new byte[0];
    private final PngOrientation orientation = new PngOrientation();
    private int firstData;
    private long compressed;

    private PngReader(ByteReader file) {
        this.file = file;
    }

    static ImageDecoder.Stored read(ByteReader file) {
        PngReader reader = new PngReader(file);
        reader.readChunks();
        return new ImageDecoder.Stored(reader.readPixels(), reader.orientation.value());
    }

    private void readChunks() {
        int at = SIGNATURE.length();
        for (boolean first = true, more = true; more; first = false) {
            file.need(at, 12);
            int length = file.i32(at);
            int from = at + 8;
            file.need(from, length < 0 ? Integer.MAX_VALUE : length + 4L);
            boolean ancillary = (file.u8(at + 4) & 0x20) != 0;
            CRC32 crc = new CRC32();
            crc.update(file.data(), at + 4, length + 4);
            boolean intact = (int) crc.getValue() == file.i32(from + length);
            if (!intact && !ancillary) {
                throw new ImageException("corrupt PNG: wrong checksum of the chunk at byte " + at);
            }
            if (first != file.startsWith(at + 4, "IHDR")) {
                throw new ImageException("corrupt PNG: IHDR is not its first chunk, and that only");
            }
            if (first) {
                readHeader(from, length);
            } else if (file.startsWith(at + 4, "IDAT")) {
                firstData = firstData == 0 ? at : firstData;
                compressed += length;
            } else if (file.startsWith(at + 4, "PLTE")) {
                palette = Arrays.copyOfRange(file.data(), from, from + Math.min(length, 3 * 256));
            } else if (file.startsWith(at + 4, "IEND")) {
                more = false;
            } else if (!ancillary) {
                throw new ImageException("corrupt PNG: unknown critical chunk at byte " + at);
            } else if (intact) {
                orientation.read(file, at + 4, from, length);
            }
            at = from + length + 4;
        }
    }

    private void readHeader(int from, int length) {
        if (length != 13) {
            throw new ImageException("corrupt PNG: a header of " + length + " bytes, not 13");
        }
        width = file.i32(from);
        height = file.i32(from + 4);
        ImageDecoder.checkSize(Integer.toUnsignedLong(width), Integer.toUnsignedLong(height));
        depth = file.u8(from + 8);
        colour = file.u8(from + 9);
        boolean valid = switch (colour) {
            case GRAY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case RGB, GRAY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
            default -> false;
        };
        int interlacing = file.u8(from + 12);
        if (!valid || file.u16(from + 10) != 0 || interlacing > 1) {
            throw new ImageException("corrupt PNG: colour type " + colour + " with " + depth
                    + " bits, compression and filter " + file.u16(from + 10) + ", interlacing " + interlacing);
        }
        interlaced = interlacing == 1;
    }

    private RgbImage readPixels() {
        if (colour == PALETTE && palette.length < 3) {
            throw new ImageException("corrupt PNG: colours by palette, and no palette");
        }
        int samples = colour == RGB ? 3 : colour == RGB_ALPHA ? 4 : colour == GRAY_ALPHA ? 2 : 1;
        int bits = samples * depth;
        if (((long) width * bits + 7) / 8 * height > (compressed + 1) * MAX_INFLATION) {
            throw new ImageException(
                    "truncated PNG: " + compressed + " bytes of data cannot hold " + width + "x" + height + " pixels");
        }
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        byte[] colours = colour == PALETTE ? fullPalette() : new byte[0];
        try (Source source = new Source(file, firstData)) {
            for (int[] pass : interlaced ? ADAM7 : ONE_PASS) {
                int columns = (width - pass[0] + pass[2] - 1) / pass[2];
                int rows = columns < 1 ? 0 : (height - pass[1] + pass[3] - 1) / pass[3];
                byte[] row = new byte[(int) (((long) columns * bits + 7) / 8)];
                byte[] above = new byte[row.length];
                for (int i = 0; i < rows; i++) {
                    int filter = source.next();
                    source.fill(row);
                    unfilter(filter, row, above, Math.max(1, bits / 8));
                    int to = ((pass[1] + i * pass[3]) * width + pass[0]) * RgbImage.CHANNELS;
                    expand(row, columns, samples, colours, rgb, to, pass[2] * RgbImage.CHANNELS);
                    byte[] swap = above;
                    above = row;
                    row = swap;
                }
            }
        }
        return RgbImage.adopt(width, height, rgb);
    }

    /** Returns the palette with 256 entries; missing entries are gray, as in Pillow. */
    private byte[] fullPalette() {
        byte[] full = new byte[3 * 256];
        for (int i = 0; i < full.length; i++) {
            full[i] = (byte) (i / 3);
        }
        System.arraycopy(palette, 0, full, 0, palette.length / 3 * 3);
        return full;
    }

    private static void unfilter(int filter, byte[] row, byte[] above, int step) {
        switch (filter) {
            case 0 -> {}
            case 1 -> {
                for (int i = step; i < row.length; i++) {
                    row[i] += row[i - step];
                }
            }
            case 2 -> {
                for (int i = 0; i < row.length; i++) {
                    row[i] += above[i];
                }
            }
            case 3 -> {
                for (int i = 0; i < row.length; i++) {
                    int left = i < step ? 0 : row[i - step] & 0xff;
                    row[i] += (byte) ((left + (above[i] & 0xff)) >> 1);
                }
            }
            case 4 -> {
                for (int i = 0; i < row.length; i++) {
                    int left = i < step ? 0 : row[i - step] & 0xff;
                    int corner = i < step ? 0 : above[i - step] & 0xff;
                    row[i] += (byte) paeth(left, above[i] & 0xff, corner);
                }
            }
            default -> throw new ImageException("corrupt PNG: row filter " + filter + ", expected 0 to 4");
        }
    }

    private static int paeth(int left, int up, int corner) {
        int toLeft = Math.abs(up - corner);
        int toUp = Math.abs(left - corner);
        int toCorner = Math.abs(left + up - 2 * corner);
        if (toLeft <= toUp && toLeft <= toCorner) {
            return left;
        }
        return toUp <= toCorner ? up : corner;
    }

    /** Writes a row of samples as RGB; pixels are {@code step} bytes apart. */
    private void expand(byte[] row, int columns, int samples, byte[] colours, byte[] rgb, int first, int step) {
        int to = first;
        int sampleBytes = depth == 16 ? 2 : 1;
        for (int x = 0; x < columns; x++, to += step) {
            if (colour == RGB || colour == RGB_ALPHA) {
                int from = x * samples * sampleBytes;
                rgb[to] = row[from];
                rgb[to + 1] = row[from + sampleBytes];
                rgb[to + 2] = row[from + 2 * sampleBytes];
            } else if (colour == PALETTE) {
                System.arraycopy(colours, 3 * sample(row, x), rgb, to, 3);
            } else {
                int gray = depth >= 8 ? row[x * samples * sampleBytes] : sample(row, x) * (255 / ((1 << depth) - 1));
                rgb[to] = (byte) gray;
                rgb[to + 1] = (byte) gray;
                rgb[to + 2] = (byte) gray;
            }
        }
    }

    /** Returns the sample of at most 8 bits at a column of a row with one sample per pixel. */
    private int sample(byte[] row, int x) {
        int bit = x * depth;
        return (row[bit >> 3] & 0xff) >> (8 - depth - (bit & 7)) & ((1 << depth) - 1);
    }

    /** The inflated content of the IDAT chunks. */
    private static final class Source implements AutoCloseable {
        private final ByteReader file;
        private final Inflater inflater = new Inflater();
        private final byte[] single = new byte[1];
        private int chunk;

        /**
         * Opens the content.
         *
         * @param first offset of the first IDAT chunk, 0 if there is none; chunks are known to be complete
         */
        Source(ByteReader file, int first) {
            this.file = file;
            this.chunk = first;
        }

        int next() {
            fill(single);
            return single[0] & 0xff;
        }

        void fill(byte[] target) {
            int filled = 0;
            try {
                while (filled < target.length) {
                    int n = inflater.inflate(target, filled, target.length - filled);
                    filled += n;
                    if (n == 0) {
                        refill();
                    }
                }
            } catch (DataFormatException e) {
                throw new ImageException("corrupt PNG: " + e.getMessage(), e);
            }
        }

        private void refill() {
            while (chunk > 0 && !file.startsWith(chunk + 4, "IDAT") && !file.startsWith(chunk + 4, "IEND")) {
                chunk += file.i32(chunk) + 12;
            }
            if (!inflater.needsInput() || !file.startsWith(chunk + 4, "IDAT")) {
                throw new ImageException("truncated PNG: the data ends before the last row");
            }
            inflater.setInput(file.data(), chunk + 8, file.i32(chunk));
            chunk += file.i32(chunk) + 12;
        }

        @Override
        public void close() {
            inflater.end();
        }
    }
}
