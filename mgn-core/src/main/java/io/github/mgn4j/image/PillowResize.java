package io.github.mgn4j.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Resizes 8-bit RGB images to exactly the bytes of Pillow's {@code Image.resize((width, height), resample)}: a
 * horizontal and then a vertical pass in fixed point, each rounded to 8 bits, each left out when its size stays.
 *
 * <p>Stateless and thread-safe. Scratch memory is a few rows of the result, whatever the size of the input.
 */
public final class PillowResize {
    private static final int CHANNELS = RgbImage.CHANNELS;

    private PillowResize() {}

    /**
     * Resizes an image to a width and a height.
     *
     * @param width of the result in pixels, at least 1
     * @param height of the result in pixels, at least 1
     * @return the resized image, or the same one where the size is right already
     */
    public static RgbImage resize(RgbImage image, int width, int height, Resampling resampling) {
        if (width < 1 || height < 1 || (long) width * height * CHANNELS > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("cannot resize an image to " + width + "x" + height + " pixels");
        }
        if (width == image.width() && height == image.height()) {
            return image;
        }
        Kernel horizontal = width == image.width() ? null : Kernel.of(image.width(), width, resampling);
        byte[] result = new byte[width * height * CHANNELS];
        if (height == image.height()) {
            int[] row = new int[width * CHANNELS];
            for (int y = 0; y < height; y++) {
                resampleRow(image, y, horizontal, row);
                narrow(row, result, y * row.length);
            }
        } else {
            resampleColumns(image, horizontal, Kernel.of(image.height(), height, resampling), result, width);
        }
        return RgbImage.adopt(width, height, result);
    }

    /**
     * Goes through the input rows once, top to bottom. Each is resampled horizontally and added to the output rows that
     * see it; an output row is written when its last input row has been added. Sums of integers don't depend on order,
     * so this gives what two whole passes would.
     */
    private static void resampleColumns(
            RgbImage image, @Nullable Kernel horizontal, Kernel vertical, byte[] result, int width) {
        int stride = width * CHANNELS;
        int outputs = vertical.start.length;
        int[] row = new int[stride];
        int[][] sums = new int[vertical.overlap()][stride];
        int done = 0;
        for (int y = vertical.start[0]; done < outputs; y++) {
            resampleRow(image, y, horizontal, row);
            for (int out = done; out < outputs && vertical.start[out] <= y; out++) {
                int tap = y - vertical.start[out];
                int[] sum = sums[out % sums.length];
                int weight = vertical.weights[out * vertical.taps + tap];
                if (tap == vertical.count[out] - 1) {
                    finish(sum, tap == 0, row, weight, result, out * stride);
                    done++;
                } else if (tap == 0) {
                    first(sum, row, weight);
                } else {
                    add(sum, row, weight);
                }
            }
        }
    }

    private static void first(int[] sum, int[] row, int weight) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = Kernel.HALF + row[i] * weight;
        }
    }

    private static void add(int[] sum, int[] row, int weight) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += row[i] * weight;
        }
    }

    /** Adds the last row, and rounds. */
    private static void finish(int[] sum, boolean only, int[] row, int weight, byte[] target, int offset) {
        if (only) {
            Arrays.fill(sum, Kernel.HALF);
        }
        for (int i = 0; i < sum.length; i++) {
            target[offset + i] = (byte) clip(sum[i] + row[i] * weight);
        }
    }

    private static void narrow(int[] row, byte[] target, int offset) {
        for (int i = 0; i < row.length; i++) {
            target[offset + i] = (byte) row[i];
        }
    }

    /** Writes one input row, resampled and rounded to 0..255, as ints: the next pass is then one that vectorises. */
    private static void resampleRow(RgbImage image, int y, @Nullable Kernel kernel, int[] row) {
        byte[] pixels = image.pixels();
        int base = y * image.width() * CHANNELS;
        if (kernel == null) {
            for (int i = 0; i < row.length; i++) {
                row[i] = pixels[base + i] & 0xff;
            }
            return;
        }
        int[] weights = kernel.weights;
        int[] start = kernel.start;
        int[] count = kernel.count;
        int taps = kernel.taps;
        for (int x = 0; x < start.length; x++) {
            int from = base + start[x] * CHANNELS;
            int first = x * taps;
            int n = count[x];
            int red = Kernel.HALF;
            int green = Kernel.HALF;
            int blue = Kernel.HALF;
            for (int k = 0; k < n; k++) {
                int weight = weights[first + k];
                red += (pixels[from + 3 * k] & 0xff) * weight;
                green += (pixels[from + 3 * k + 1] & 0xff) * weight;
                blue += (pixels[from + 3 * k + 2] & 0xff) * weight;
            }
            row[3 * x] = clip(red);
            row[3 * x + 1] = clip(green);
            row[3 * x + 2] = clip(blue);
        }
    }

    private static int clip(int sum) {
        return Math.max(0, Math.min(255, sum >> Kernel.PRECISION_BITS));
    }
}
