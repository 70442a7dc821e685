package io.github.mgn4j.image;

import com.google.common.base.Preconditions;

/**
 * A heat map of how strongly each position of an image activates one branch of a network: 0 (least in this image) to 1
 * (most). Immutable.
 */
public final class ActivationMap {
    private final String branch;
    private final int height;
    private final int width;
    private final float[] values;

    private ActivationMap(String branch, int height, int width, float[] values) {
        this.branch = branch;
        this.height = height;
        this.width = width;
        this.values = values;
    }

    /**
     * Returns a map of values scaled to 0..1; all zeros if the values are all the same.
     *
     * @param branch name of the branch for display
     * @param values {@code height x width}, row by row, finite
     */
    public static ActivationMap scaled(String branch, int height, int width, double[] values) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = max > min ? (float) ((values[i] - min) / (max - min)) : 0;
        }
        return of(branch, height, width, scaled);
    }

    /**
     * Returns a map of values.
     *
     * @param branch name of the branch for display
     * @param values {@code height x width}, row by row, 0 to 1
     * @throws IllegalArgumentException if their number differs, or a value lies outside 0 to 1
     */
    public static ActivationMap of(String branch, int height, int width, float[] values) {
        Preconditions.checkArgument(
                height >= 1 && width >= 1 && (long) height * width == values.length,
                "a map of %s x %s needs as many values, found %s",
                height,
                width,
                values.length);
        for (float value : values) {
            Preconditions.checkArgument(value >= 0 && value <= 1, "a value of a map is %s, must be 0 to 1", value);
        }
        return new ActivationMap(branch, height, width, values.clone());
    }

    /** Returns the name of the branch: "global" or "part-2". */
    public String branch() {
        return branch;
    }

    /** Returns the number of rows: 12 for the paper's global branch, 24 for its part branches. */
    public int height() {
        return height;
    }

    /** Returns the number of columns. */
    public int width() {
        return width;
    }

    /** Returns the value of a cell. */
    public float get(int y, int x) {
        Preconditions.checkElementIndex(y, height, "row");
        Preconditions.checkElementIndex(x, width, "column");
        return values[y * width + x];
    }

    /**
     * Returns the map at another size, interpolated bilinearly between the centres of its cells. Map and image cover the same
     * area: a pixel (x, y) of the result has the same relative position in both.
     *
     * @return {@code height x width}, row by row
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
