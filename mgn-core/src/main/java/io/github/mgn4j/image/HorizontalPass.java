package io.github.mgn4j.image;

import org.jspecify.annotations.Nullable;

/**
 * Resamples the rows of an image one at a time, rounded to 0..255. Sample {@code i} of a row is written as the int at
 * {@code slots[i]}: the vertical pass chooses the order that suits it.
 *
 * <p>Immutable and without scratch memory; each call of {@link PillowResize} creates one.
 */
final class HorizontalPass {
    private static final int CHANNELS = RgbImage.CHANNELS;

    private final byte[] pixels;
    private final int inWidth;
    private final @Nullable Kernel kernel;
    private final int[] slots;

    /**
     * Prepares the rows of an image.
     *
     * @param kernel the kernel for the image's width, or null if the width stays the same
     * @param slots a position for each sample of a resampled row
     */
    HorizontalPass(RgbImage image, @Nullable Kernel kernel, int[] slots) {
        this.pixels = image.pixels();
        this.inWidth = image.width();
        this.kernel = kernel;
        this.slots = slots;
    }

    /** Writes input row {@code y}, resampled. */
    void resample(int y, int[] row) {
        int base = y * inWidth * CHANNELS;
        if (kernel == null) {
            copy(base, row);
        } else if (kernel.taps == 2 && kernel.averages) {
            fromTwo(base, row, kernel.start, kernel.weights);
        } else if (kernel.pairs.length > 0) {
            fromPairs(base, row, kernel.start, kernel.pairs);
        } else {
            fromMany(base, row, kernel);
        }
    }

    private void copy(int base, int[] row) {
        for (int i = 0; i < slots.length; i++) {
            row[slots[i]] = pixels[base + i] & 0xff;
        }
    }

    private void fromTwo(int base, int[] row, int[] start, int[] weights) {
        for (int x = 0; x < start.length; x++) {
            int at = base + start[x] * CHANNELS;
            int left = weights[2 * x];
            int right = weights[2 * x + 1];
            putAverage(
                    row,
                    x,
                    Kernel.HALF + (pixels[at] & 0xff) * left + (pixels[at + 3] & 0xff) * right,
                    Kernel.HALF + (pixels[at + 1] & 0xff) * left + (pixels[at + 4] & 0xff) * right,
                    Kernel.HALF + (pixels[at + 2] & 0xff) * left + (pixels[at + 5] & 0xff) * right);
        }
    }

    /** Processes the input once, from one output's start to the next's; see {@link Kernel#pairs}. */
    private void fromPairs(int base, int[] row, int[] start, long[] pairs) {
        int red = 0;
        int green = 0;
        int blue = 0;
        int x = start[0];
        for (int out = 0; out < start.length; out++) {
            int end = out + 1 < start.length ? start[out + 1] : inWidth;
            long reds = 0;
            long greens = 0;
            long blues = 0;
            for (int at = base + x * CHANNELS; x < end; x++, at += CHANNELS) {
                long pair = pairs[x];
                reds += (pixels[at] & 0xff) * pair;
                greens += (pixels[at + 1] & 0xff) * pair;
                blues += (pixels[at + 2] & 0xff) * pair;
            }
            // The low half completes the previous output; the high half begins this one.
            if (out > 0) {
                putAverage(row, out - 1, red + (int) reds, green + (int) greens, blue + (int) blues);
            }
            red = Kernel.HALF + (int) (reds >> 32);
            green = Kernel.HALF + (int) (greens >> 32);
            blue = Kernel.HALF + (int) (blues >> 32);
        }
        putAverage(row, start.length - 1, red, green, blue);
    }

    private void fromMany(int base, int[] row, Kernel kernel) {
        int[] weights = kernel.weights;
        for (int x = 0; x < kernel.start.length; x++) {
            int from = base + kernel.start[x] * CHANNELS;
            int first = x * kernel.taps;
            int n = kernel.count[x];
            int red = Kernel.HALF;
            int green = Kernel.HALF;
            int blue = Kernel.HALF;
            for (int k = 0; k < n; k++) {
                int weight = weights[first + k];
                red += (pixels[from + 3 * k] & 0xff) * weight;
                green += (pixels[from + 3 * k + 1] & 0xff) * weight;
                blue += (pixels[from + 3 * k + 2] & 0xff) * weight;
            }
            row[slots[3 * x]] = Kernel.round(red);
            row[slots[3 * x + 1]] = Kernel.round(green);
            row[slots[3 * x + 2]] = Kernel.round(blue);
        }
    }

    private void putAverage(int[] row, int x, int red, int green, int blue) {
        row[slots[3 * x]] = red >>> Kernel.PRECISION_BITS;
        row[slots[3 * x + 1]] = green >>> Kernel.PRECISION_BITS;
        row[slots[3 * x + 2]] = blue >>> Kernel.PRECISION_BITS;
    }
}
