package io.github.mgn4j.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Resizes 8-bit RGB images to exactly the bytes of Pillow's {@code Image.resize((width, height), resample)}. A horizontal
 * and then a vertical pass in fixed point round to 8 bits each; a pass is omitted if its size stays the same.
 *
 * <p>Stateless and thread-safe. Scratch memory is a few rows of the result, regardless of the size of the input.
 */
public final class PillowResize {
    private static final int CHANNELS = RgbImage.CHANNELS;

    private PillowResize() {}

    /**
     * Resizes an image to a width and a height.
     *
     * @param width width of the result in pixels, at least 1
     * @param height height of the result in pixels, at least 1
     * @return the resized image, or the same one if it already has that size
     */
    public static RgbImage resize(RgbImage image, int width, int height, Resampling resampling) {
        if (width < 1 || height < 1 || (long) width * height * CHANNELS > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("cannot resize an image to " + width + "x" + height + " pixels");
        }
        if (width == image.width() && height == image.height()) {
            return image;
        }
        Row row = new Row(width * CHANNELS);
        Kernel horizontal = width == image.width() ? null : Kernel.of(image.width(), width, resampling);
        HorizontalPass rows = new HorizontalPass(image, horizontal, row.slots());
        byte[] result = new byte[width * height * CHANNELS];
        if (height == image.height()) {
            for (int y = 0; y < height; y++) {
                rows.resample(y, row.ints);
                row.write(result, y);
            }
        } else {
            resampleColumns(rows, row, Kernel.of(image.height(), height, resampling), result);
        }
        return RgbImage.adopt(width, height, result);
    }

    /**
     * Processes the input rows once, top to bottom. Each is resampled horizontally and added to the output rows that use it; an
     * output row is written when its last input row has been added. Integer sums do not depend on order, so this gives the same
     * result as two whole passes.
     */
    private static void resampleColumns(HorizontalPass rows, Row finished, Kernel vertical, byte[] result) {
        int outputs = vertical.start.length;
        int[] row = new int[finished.ints.length];
        int[][] sums = new int[vertical.overlap()][row.length];
        int done = 0;
        for (int y = vertical.start[0]; done < outputs; y++) {
            rows.resample(y, row);
            for (int out = done; out < outputs && vertical.start[out] <= y; out++) {
                int tap = y - vertical.start[out];
                int[] sum = sums[out % sums.length];
                int weight = vertical.weights[out * vertical.taps + tap];
                if (tap == 0) {
                    first(sum, row, weight);
                }
                if (tap == vertical.count[out] - 1) {
                    finish(sum, row, tap == 0 ? 0 : weight, finished.ints);
                    finished.write(result, out);
                    done++;
                } else if (tap > 0) {
                    add(sum, row, weight);
                }
            }
        }
    }

    // Loops that the just-in-time compiler vectorises: ints only, one index, no comparisons.

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

    private static void finish(int[] sum, int[] row, int weight, int[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = Kernel.round(sum[i] + row[i] * weight);
        }
    }

    /**
     * A row of 8-bit samples as ints, in four quarters: the first holds every fourth sample from sample 0 on, the second those
     * from sample 1 on, and so on. Four consecutive bytes then come from four ints at the same position of each quarter, which
     * is several times as fast as storing single bytes.
     */
    private static final class Row {
        final int[] ints;
        private final int samples;
        private final byte[] bytes;
        private final IntBuffer packed;
        private final int[] quads;

        Row(int samples) {
            this.samples = samples;
            quads = new int[(samples + 3) / 4];
            ints = new int[4 * quads.length];
            bytes = new byte[ints.length];
            packed = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
        }

        /** Returns the position of each sample. */
        int[] slots() {
            int[] slots = new int[samples];
            Arrays.setAll(slots, i -> (i & 3) * quads.length + (i >> 2));
            return slots;
        }

        /** Writes the row as bytes. */
        void write(byte[] target, int y) {
            int quarter = quads.length;
            for (int i = 0; i < quarter; i++) {
                quads[i] = ints[i] | ints[quarter + i] << 8 | ints[2 * quarter + i] << 16 | ints[3 * quarter + i] << 24;
            }
            packed.put(0, quads);
            System.arraycopy(bytes, 0, target, y * samples, samples);
        }
    }
}
