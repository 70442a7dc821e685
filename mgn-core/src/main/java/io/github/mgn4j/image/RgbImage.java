package io.github.mgn4j.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.util.Arrays;

/** An immutable image: 8-bit RGB, interleaved, rows top to bottom. Thread-safe. */
public final class RgbImage {
    /** Bytes per pixel. */
    public static final int CHANNELS = 3;

    private final int width;
    private final int height;
    private final byte[] rgb;

    /**
     * Creates an image from a copy of pixels.
     *
     * @param width in pixels, at least 1
     * @param height in pixels, at least 1
     * @param rgb {@code height x width x 3} unsigned bytes
     * @throws IllegalArgumentException if a size is below 1 or the number of bytes differs
     */
    public RgbImage(int width, int height, byte[] rgb) {
        this(rgb.clone(), width, height);
    }

    private RgbImage(byte[] rgb, int width, int height) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("an image must be at least 1x1 pixels, not " + width + "x" + height);
        }
        if (rgb.length != (long) width * height * CHANNELS) {
            throw new IllegalArgumentException("an RGB image of " + width + "x" + height + " pixels has "
                    + (long) width * height * CHANNELS + " bytes, not " + rgb.length);
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /** Creates an image from an array without copying. The caller must not write to the array afterwards. */
    static RgbImage adopt(int width, int height, byte[] rgb) {
        return new RgbImage(rgb, width, height);
    }

    /**
     * Converts an image of any type. Alpha is dropped, not blended; gray is repeated; 16 bits become their high eight; other
     * colour models become sRGB.
     */
    public static RgbImage of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), CHANNELS)];
        int[] row = new int[width];
        int i = 0;
        for (int y = 0; y < height; y++) {
            readRow(image, y, row);
            for (int pixel : row) {
                rgb[i++] = (byte) (pixel >> 16);
                rgb[i++] = (byte) (pixel >> 8);
                rgb[i++] = (byte) pixel;
            }
        }
        return adopt(width, height, rgb);
    }

    private static void readRow(BufferedImage image, int y, int[] row) {
        ColorModel model = image.getColorModel();
        if (!(model instanceof ComponentColorModel) || model.getColorSpace().getType() != ColorSpace.TYPE_GRAY) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            return;
        }
        // Java interprets gray as linear light and would brighten it; files contain the plain values.
        int bits = model.getComponentSize(0);
        Raster raster = image.getRaster();
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, 0, row);
        for (int x = 0; x < row.length; x++) {
            row[x] = (bits > 8 ? row[x] >> (bits - 8) : row[x]) * 0x010101;
        }
    }

    /** Returns the image as a {@link BufferedImage#TYPE_INT_RGB}. */
    public BufferedImage toBufferedImage() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                row[x] = pixel(x, y);
            }
            image.setRGB(0, y, width, 1, row, 0, width);
        }
        return image;
    }

    /** Returns the width in pixels. */
    public int width() {
        return width;
    }

    /** Returns the height in pixels. */
    public int height() {
        return height;
    }

    /** Returns a copy of the pixels, {@code height x width x 3}. */
    public byte[] rgb() {
        return rgb.clone();
    }

    /** Returns the pixel at a column and a row as {@code 0xRRGGBB}. */
    public int pixel(int x, int y) {
        if (x < 0 || x >= width || y < 0 || y >= height) {
            throw new IndexOutOfBoundsException(
                    "pixel (" + x + ", " + y + ") lies outside an image of " + width + "x" + height);
        }
        int i = (y * width + x) * CHANNELS;
        return (rgb[i] & 0xff) << 16 | (rgb[i + 1] & 0xff) << 8 | (rgb[i + 2] & 0xff);
    }

    /** Returns the image with left and right exchanged. */
    public RgbImage mirrored() {
        byte[] result = new byte[rgb.length];
        int stride = width * CHANNELS;
        for (int row = 0; row < rgb.length; row += stride) {
            int to = row + stride - CHANNELS;
            for (int from = row; from < row + stride; from += CHANNELS) {
                result[to] = rgb[from];
                result[to + 1] = rgb[from + 1];
                result[to + 2] = rgb[from + 2];
                to -= CHANNELS;
            }
        }
        return adopt(width, height, result);
    }

    /** Returns the pixels without copying. */
    byte[] pixels() {
        return rgb;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage that
                && width == that.width
                && height == that.height
                && Arrays.equals(rgb, that.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "RgbImage[" + width + "x" + height + "]";
    }
}
