package io.github.mgn4j.image;

import com.google.common.base.Preconditions;

/** How strongly each place of an image moves one branch of a network: 0 (least in this image) to 1 (most). Immutable. */
public final class ActivationMap {
    private final int height;
    private final int width;
    private final float[] values;

    private ActivationMap(int height, int width, float[] values) {
        this.height = height;
        this.width = width;
        this.values = values;
    }

    /**
     * Scales values to 0..1; where all are the same to 0.
     *
     * @param values {@code height x width}, row after row, finite
     */
    static ActivationMap scaled(int height, int width, double[] values) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = most > least ? (float) ((values[i] - least) / (most - least)) : 0;
        }
        return of(height, width, scaled);
    }

    /**
     * A map of given values.
     *
     * @param values {@code height x width}, row after row, 0 to 1
     * @throws IllegalArgumentException if their number is another, or one lies outside 0 to 1
     */
    public static ActivationMap of(int height, int width, float[] values) {
        Preconditions.checkArgument(
                height >= 1 && width >= 1 && (long) height * width == values.length,
                "a map of %s x %s wants as many values, found %s",
                height,
                width,
                values.length);
        for (float value : values) {
            Preconditions.checkArgument(value >= 0 && value <= 1, "a value of a map is %s, must be 0 to 1", value);
        }
        return new ActivationMap(height, width, values.clone());
    }

    /** Rows: 12 for the paper's global branch, 24 for its part branches. */
    public int height() {
        return height;
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** The value of a cell. */
    public float get(int y, int x) {
        Preconditions.checkElementIndex(y, height, "row");
        Preconditions.checkElementIndex(x, width, "column");
        return values[y * width + x];
    }

    /**
     * The map at another size, bilinear between the centres of its cells, as a picture of its image is: pixel (x, y) of the
     * result lies at the same part of height and width in both.
     *
     * @return {@code height x width}, row after row
     */
    public float[] resized(int toHeight, int toWidth) {
        Preconditions.checkArgument(toHeight >= 1 && toWidth >= 1, "cannot resize to %s x %s", toHeight, toWidth);
        float[] resized = new float[Math.multiplyExact(toHeight, toWidth)];
        for (int y = 0; y < toHeight; y++) {
            double row = position(y, toHeight, height);
            int top = (int) row;
            int below = Math.min(top + 1, height - 1);
            for (int x = 0; x < toWidth; x++) {
                double column = position(x, toWidth, width);
                int left = (int) column;
                int right = Math.min(left + 1, width - 1);
                double above = mix(get(top, left), get(top, right), column - left);
                double under = mix(get(below, left), get(below, right), column - left);
                resized[y * toWidth + x] = (float) mix(above, under, row - top);
            }
        }
        return resized;
    }

    private static double position(int at, int from, int to) {
        return Math.max(0, Math.min(to - 1, (at + 0.5) * to / from - 0.5));
    }

    private static double mix(double a, double b, double part) {
        return a + (b - a) * part;
    }
}
