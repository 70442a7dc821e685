package io.github.mgn4j.image;

import io.github.mgn4j.spec.InputSize;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * Turns images into a network's input: resizes them as Pillow does, scales to 0..1, and normalises with a mean and
 * standard deviation, by default those of ImageNet. The floats are bit-identical to those of torchvision's {@code ToTensor} and
 * {@code Normalize}.
 *
 * <p>Immutable and thread-safe.
 */
public final class Preprocessor {
    private static final int CHANNELS = RgbImage.CHANNELS;

    /** {@code [channel, byte]}: the float of each byte. */
    private final float[][] normalised = new float[CHANNELS][256];

    private final InputSize size;
    private final Resampling resampling;

    /**
     * Creates a preprocessor that normalises with ImageNet's mean and standard deviation.
     *
     * @param size the network's input size in pixels
     * @param resampling the interpolation that resizes images
     */
    public Preprocessor(InputSize size, Resampling resampling) {
        this(size, Preprocessing.imageNet().withResampling(resampling));
    }

    /**
     * Creates a preprocessor.
     *
     * @param size the network's input size in pixels
     * @param preprocessing the model's own; its flip is the caller's concern
     */
    public Preprocessor(InputSize size, Preprocessing preprocessing) {
        this.size = Objects.requireNonNull(size, "size");
        resampling = preprocessing.resampling();
        for (int c = 0; c < CHANNELS; c++) {
            for (int value = 0; value < 256; value++) {
                normalised[c][value] = preprocessing.normalised(c, value);
            }
        }
    }

    /** Returns the network's input size. */
    public InputSize size() {
        return size;
    }

    /** Returns the interpolation that resizes images. */
    public Resampling resampling() {
        return resampling;
    }

    /** Returns the number of floats per image: {@code 3 x height x width}. */
    public int length() {
        return CHANNELS * size.height() * size.width();
    }

    /**
     * Returns an image resized to the network's input. {@link #write} resizes, too; to write an image and its mirror, call this
     * method first to avoid the second resize.
     */
    public RgbImage resize(RgbImage image) {
        return PillowResize.resize(image, size.width(), size.height(), resampling);
    }

    /**
     * Writes the {@link #length()} floats of one image. The position and the limit of the target do not change, so threads may
     * fill one buffer concurrently.
     *
     * @param image of any size
     * @param mirrored whether left and right are exchanged after resizing
     * @param layout the order of the floats: {@code [3, height, width]} or {@code [height, width, 3]}
     * @param offset index of the first float in the target, counted from 0, not from its position
     */
    public void write(RgbImage image, boolean mirrored, Layout layout, FloatBuffer target, int offset) {
        checkRoom(target, offset, "floats");
        byte[] pixels = resize(image).pixels();
        switch (layout) {
            case NCHW -> writePlanar(pixels, mirrored, target, offset);
            case NHWC -> writeInterleaved(pixels, mirrored, target, offset);
        }
    }

    /**
     * Writes the {@link #length()} bytes {@code [height, width, 3]} of one image, not normalised; otherwise as {@link #write}.
     *
     * @param image of any size
     * @param offset index of the first byte in the target, counted from 0, not from its position
     */
    public void writePixels(RgbImage image, ByteBuffer target, int offset) {
        checkRoom(target, offset, "bytes");
        target.put(offset, resize(image).pixels());
    }

    private void checkRoom(Buffer target, int offset, String unit) {
        if (offset < 0 || offset > target.limit() - length()) {
            throw new IndexOutOfBoundsException("an input of " + length() + " " + unit + " at index " + offset
                    + " does not fit into a buffer of " + target.limit());
        }
    }

    private void writePlanar(byte[] pixels, boolean mirrored, FloatBuffer target, int offset) {
        float[] row = new float[size.width()];
        int step = mirrored ? -CHANNELS : CHANNELS;
        for (int c = 0; c < CHANNELS; c++) {
            float[] values = normalised[c];
            for (int y = 0; y < size.height(); y++) {
                int from = firstPixel(y, mirrored) + c;
                for (int x = 0; x < row.length; x++) {
                    row[x] = values[pixels[from] & 0xff];
                    from += step;
                }
                target.put(offset + (c * size.height() + y) * row.length, row);
            }
        }
    }

    private void writeInterleaved(byte[] pixels, boolean mirrored, FloatBuffer target, int offset) {
        float[] row = new float[size.width() * CHANNELS];
        int step = mirrored ? -CHANNELS : CHANNELS;
        for (int y = 0; y < size.height(); y++) {
            int from = firstPixel(y, mirrored);
            for (int i = 0; i < row.length; i += CHANNELS) {
                row[i] = normalised[0][pixels[from] & 0xff];
                row[i + 1] = normalised[1][pixels[from + 1] & 0xff];
                row[i + 2] = normalised[2][pixels[from + 2] & 0xff];
                from += step;
            }
            target.put(offset + y * row.length, row);
        }
    }

    private int firstPixel(int y, boolean mirrored) {
        return (y * size.width() + (mirrored ? size.width() - 1 : 0)) * CHANNELS;
    }
}
