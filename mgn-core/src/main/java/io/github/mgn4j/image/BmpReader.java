package io.github.mgn4j.image;

/**
 * Reads BMP with the headers of Windows (3, 4, 5) and OS/2. Colours are converted as in Pillow (see {@link ImageDecoder}).
 */
final class BmpReader {
    private static final int FILE_HEADER = 14;
    private static final int OS2_HEADER = 12;

    /** A run of 255 pixels takes two bytes; the rest allows for rows that end early. */
    private static final long MAX_PIXELS_PER_BYTE = 512;

    private static final int PLAIN = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;
    private static final int ALPHA_BIT_FIELDS = 6;

    private final ByteReader file;
    private final int width;
    private final int height;
    private final boolean topDown;
    private final int bits;
    private final int compression;
    private final int paletteEntry;
    private final int colours;
    private final long palette;
    private final long pixels;

    private BmpReader(ByteReader file) {
        this.file = file;
        int header = file.i32Little(FILE_HEADER);
        if (header != OS2_HEADER && (header < 40 || header > 124)) {
            throw new ImageException("corrupt BMP: a header of " + header + " bytes");
        }
        boolean os2 = header == OS2_HEADER;
        int rows = os2 ? file.u16Little(20) : file.i32Little(22);
        width = os2 ? file.u16Little(18) : file.i32Little(18);
        topDown = rows < 0;
        ImageDecoder.checkSize(width, Math.abs((long) rows));
        height = Math.abs(rows);
        bits = file.u16Little(os2 ? 24 : 28);
        compression = os2 ? PLAIN : file.i32Little(30);
        boolean valid = switch (compression) {
            case PLAIN -> bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
            case RLE8 -> bits == 8 && !topDown;
            case RLE4 -> bits == 4 && !topDown;
            case BIT_FIELDS, ALPHA_BIT_FIELDS -> bits == 16 || bits == 24 || bits == 32;
            default -> false;
        };
        if (!valid) {
            throw new ImageException("unsupported BMP: " + bits + " bits with compression " + compression);
        }
        paletteEntry = os2 ? 3 : 4;
        int declared = os2 ? 0 : file.i32Little(46);
        if (declared < 0 || declared > 1 << 16) {
            throw new ImageException("corrupt BMP: a palette of " + Integer.toUnsignedLong(declared) + " colours");
        }
        colours = bits > 8 ? 0 : declared == 0 ? 1 << bits : declared;
        palette = FILE_HEADER + (long) header;
        long offset = Integer.toUnsignedLong(file.i32Little(10));
        // Some writers omit the palette when they compute where the pixels begin.
        pixels = offset == 0 || (offset == palette && bits <= 8) ? palette + (long) colours * paletteEntry : offset;
    }

    static RgbImage read(ByteReader file) {
        BmpReader reader = new BmpReader(file);
        if (reader.bits > 8) {
            return reader.readColours();
        }
        boolean packed = reader.compression == RLE8 || reader.compression == RLE4;
        return reader.lookUp(packed ? reader.readRuns() : reader.readIndices());
    }

    private long stride() {
        return ((long) width * bits + 31) / 32 * 4;
    }

    /** Fails unless the file holds all rows; the padding of the last row may be missing. */
    private void needRows() {
        file.need(pixels, stride() * (height - 1) + ((long) width * bits + 7) / 8);
    }

    /** Returns the file offset of a row, counted from the top. */
    private long rowAt(int y) {
        return pixels + stride() * (topDown ? y : height - 1 - y);
    }

    private RgbImage readColours() {
        needRows();
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        int pixelBytes = bits / 8;
        int[] masks = masks();
        boolean bytes = bits >= 24 && masks[0] == 0xff0000 && masks[1] == 0xff00 && masks[2] == 0xff;
        byte[] data = file.data();
        int to = 0;
        for (int y = 0; y < height; y++) {
            int from = (int) rowAt(y);
            for (int x = 0; x < width; x++, from += pixelBytes, to += RgbImage.CHANNELS) {
                if (bytes) {
                    rgb[to] = data[from + 2];
                    rgb[to + 1] = data[from + 1];
                    rgb[to + 2] = data[from];
                } else {
                    int pixel = file.u16Little(from)
                            | (pixelBytes > 2 ? file.u8(from + 2) << 16 : 0)
                            | (pixelBytes > 3 ? file.u8(from + 3) << 24 : 0);
                    for (int c = 0; c < RgbImage.CHANNELS; c++) {
                        rgb[to + c] = (byte) channel(pixel, masks[c]);
                    }
                }
            }
        }
        return RgbImage.adopt(width, height, rgb);
    }

    /** Returns the bit masks of red, green and blue in a pixel. */
    private int[] masks() {
        if (compression != BIT_FIELDS && compression != ALPHA_BIT_FIELDS) {
            return bits == 16 ? new int[] {0x7c00, 0x3e0, 0x1f} : new int[] {0xff0000, 0xff00, 0xff};
        }
        // The masks are part of the longer headers, directly behind the short one.
        int[] masks = {file.i32Little(54), file.i32Little(58), file.i32Little(62)};
        if (bits == 32 && (masks[0] | masks[1] | masks[2]) == 0) {
            return new int[] {0xff0000, 0xff00, 0xff};
        }
        for (int mask : masks) {
            long run = Integer.toUnsignedLong(mask) >> Integer.numberOfTrailingZeros(mask);
            if (mask == 0 || (run & (run + 1)) != 0) {
                throw new ImageException("corrupt BMP: bit mask 0x" + Integer.toHexString(mask));
            }
        }
        return masks;
    }

    private static int channel(int pixel, int mask) {
        int shift = Integer.numberOfTrailingZeros(mask);
        long value = Integer.toUnsignedLong(pixel & mask) >> shift;
        return (int) (value * 255 / (Integer.toUnsignedLong(mask) >> shift));
    }

    /** Returns the palette indices, rows top to bottom. */
    private byte[] readIndices() {
        needRows();
        byte[] indices = new byte[width * height];
        int mask = (1 << bits) - 1;
        int to = 0;
        for (int y = 0; y < height; y++) {
            int row = (int) rowAt(y);
            for (int x = 0; x < width; x++) {
                int bit = x * bits;
                indices[to++] = (byte) (file.u8(row + (bit >> 3)) >> (8 - bits - (bit & 7)) & mask);
            }
        }
        return indices;
    }

    /**
     * Returns the palette indices, rows top to bottom, from run lengths. Pixels that the runs skip have index 0; runs beyond the
     * end of a row are ignored.
     */
    private byte[] readRuns() {
        if ((long) width * height > file.length() * MAX_PIXELS_PER_BYTE) {
            throw new ImageException(
                    "truncated BMP: " + file.length() + " bytes cannot hold " + width + "x" + height + " pixels");
        }
        byte[] indices = new byte[width * height];
        long at = pixels;
        int x = 0;
        int y = 0;
        while (y < height && !(y == height - 1 && x >= width && at >= file.length())) {
            int count = file.u8(at);
            int code = file.u8(at + 1);
            at += 2;
            if (count > 0) {
                int shown = Math.min(count, width - x);
                for (int i = 0; i < shown; i++) {
                    put(indices, x++, y, bits == 8 ? code : (i & 1) == 0 ? code >> 4 : code & 15);
                }
            } else if (code == 0) {
                x = 0;
                y++;
            } else if (code == 1) {
                break;
            } else if (code == 2) {
                x = Math.min(width, x + file.u8(at));
                y += file.u8(at + 1);
                at += 2;
            } else {
                file.need(at, bits == 8 ? code : (code + 1) / 2);
                int shown = Math.min(code, width - x);
                for (int i = 0; i < shown; i++) {
                    int value = bits == 8 ? file.u8(at + i) : file.u8(at + i / 2) >> ((i & 1) == 0 ? 4 : 0) & 15;
                    put(indices, x++, y, value);
                }
                int length = bits == 8 ? code : (code + 1) / 2;
                at += length + (length & 1);
            }
        }
        return indices;
    }

    private void put(byte[] indices, int x, int y, int value) {
        indices[(height - 1 - y) * width + x] = (byte) value;
    }

    private RgbImage lookUp(byte[] indices) {
        int entries = Math.min(colours, 1 << bits);
        file.need(palette, (long) entries * paletteEntry);
        byte[] rgb = new byte[indices.length * RgbImage.CHANNELS];
        byte[] data = file.data();
        int to = 0;
        for (byte each : indices) {
            int index = each & 0xff;
            int entry = (int) palette + index * paletteEntry;
            for (int c = 0; c < RgbImage.CHANNELS; c++) {
                // Missing entries are gray, as in Pillow.
                rgb[to++] = index < entries ? data[entry + 2 - c] : each;
            }
        }
        return RgbImage.adopt(width, height, rgb);
    }
}
