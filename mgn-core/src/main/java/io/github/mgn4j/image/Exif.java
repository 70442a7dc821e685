package io.github.mgn4j.image;

/** Reads the orientation from EXIF data, the only tag that pixels depend on. */
final class Exif {
    /** The orientation of an image that is stored upright. */
    static final int UPRIGHT = 1;

    static final int LAST = 8;

    private static final int ORIENTATION = 0x0112;
    private static final int SHORT = 3;
    private static final int LONG = 4;

    private Exif() {}

    /**
     * Reads the orientation, 1 to 8, from the first directory of a TIFF structure; 0 if it is missing. Malformed metadata is
     * ignored, since the image itself may be intact.
     */
    static int orientation(ByteReader file, int from, int to) {
        boolean little = file.startsWith(from, "II*\0");
        if (to - from < 8 || (!little && !file.startsWith(from, "MM\0*"))) {
            return 0;
        }
        long directory = from + Integer.toUnsignedLong(i32(file, from + 4L, little));
        if (directory + 2 > to) {
            return 0;
        }
        int entries = u16(file, directory, little);
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + 12L * i;
            if (entry + 12 > to) {
                return 0;
            }
            if (u16(file, entry, little) == ORIENTATION) {
                int type = u16(file, entry + 2, little);
                int value = type == SHORT
                        ? u16(file, entry + 8, little)
                        : type == LONG ? i32(file, entry + 8, little) : UPRIGHT;
                return value >= UPRIGHT && value <= LAST ? value : UPRIGHT;
            }
        }
        return 0;
    }

    /**
     * Returns the image upright, from one stored in an orientation, as Pillow's {@code ImageOps.exif_transpose} does.
     */
    static RgbImage upright(RgbImage image, int orientation) {
        if (orientation == UPRIGHT) {
            return image;
        }
        boolean transposed = orientation >= 5;
        int inWidth = image.width();
        int width = transposed ? image.height() : inWidth;
        int height = transposed ? inWidth : image.height();
        // The position of the first pixel, and the distance in the input of a step right and a step down.
        boolean right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int across = right ? -1 : 1;
        int down = bottom ? -inWidth : inWidth;
        int first = (right ? inWidth - 1 : 0) + (bottom ? (image.height() - 1) * inWidth : 0);
        int perColumn = transposed ? down : across;
        int perRow = transposed ? across : down;

        byte[] source = image.pixels();
        byte[] result = new byte[source.length];
        int to = 0;
        for (int y = 0; y < height; y++) {
            int from = (first + y * perRow) * RgbImage.CHANNELS;
            for (int x = 0; x < width; x++) {
                result[to++] = source[from];
                result[to++] = source[from + 1];
                result[to++] = source[from + 2];
                from += perColumn * RgbImage.CHANNELS;
            }
        }
        return RgbImage.adopt(width, height, result);
    }

    private static int u16(ByteReader file, long at, boolean little) {
        return little ? file.u16Little(at) : file.u16(at);
    }

    private static int i32(ByteReader file, long at, boolean little) {
        return little ? file.i32Little(at) : file.i32(at);
    }
}
