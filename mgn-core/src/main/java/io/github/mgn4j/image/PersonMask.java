package io.github.mgn4j.image;

import com.google.common.base.Preconditions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** The pixels of an image that show its person. Immutable. */
public final class PersonMask {
    private static final int THRESHOLD = 128;

    private final int height;
    private final int width;
    private final boolean[] person;

    private PersonMask(int height, int width, boolean[] person) {
        this.height = height;
        this.width = width;
        this.person = person;
    }

    /**
     * Returns a mask.
     *
     * @param person {@code height x width}, row by row; true where the image shows the person
     * @throws IllegalArgumentException if their number differs
     */
    public static PersonMask of(int height, int width, boolean[] person) {
        Preconditions.checkArgument(
                height >= 1 && width >= 1 && (long) height * width == person.length,
                "a mask of %s x %s needs as many values, found %s",
                height,
                width,
                person.length);
        return new PersonMask(height, width, person.clone());
    }

    /**
     * Reads a mask from an image file. A pixel belongs to the person if its red value is 128 or more.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is not an image
     */
    public static PersonMask read(Path file) throws IOException {
        RgbImage image = ImageDecoder.decode(file);
        byte[] rgb = image.rgb();
        boolean[] person = new boolean[image.width() * image.height()];
        for (int i = 0; i < person.length; i++) {
            person[i] = (rgb[i * RgbImage.CHANNELS] & 0xff) >= THRESHOLD;
        }
        return new PersonMask(image.height(), image.width(), person);
    }

    /** Returns the number of rows. */
    public int height() {
        return height;
    }

    /** Returns the number of columns. */
    public int width() {
        return width;
    }

    /** Returns whether a pixel shows the person. */
    public boolean get(int y, int x) {
        Preconditions.checkElementIndex(y, height, "row");
        Preconditions.checkElementIndex(x, width, "column");
        return person[y * width + x];
    }

    /** Returns the share of the image that the person covers, 0 to 1. */
    public double area() {
        int pixels = 0;
        for (boolean covered : person) {
            pixels += covered ? 1 : 0;
        }
        return (double) pixels / person.length;
    }

    /**
     * Returns the share of a map's values that lies on the person, 0 to 1. Map and mask cover the same area of the image: a
     * cell counts by the part of it that the person covers. A map that is the same everywhere has {@link #area()}; a share
     * above it means that the branch responds to the person more than to the background.
     *
     * @return empty if all values of the map are 0
     */
    public OptionalDouble share(ActivationMap map) {
        double all = 0;
        double covered = 0;
        for (int y = 0; y < map.height(); y++) {
            for (int x = 0; x < map.width(); x++) {
                double value = map.get(y, x);
                if (value > 0) {
                    all += value;
                    covered += value * coverage(y, x, map);
                }
            }
        }
        return all > 0 ? OptionalDouble.of(Math.min(1, covered / all)) : OptionalDouble.empty();
    }

    /** Returns the part of a cell that the person covers; pixels on its border count by the part inside it. */
    private double coverage(int row, int column, ActivationMap map) {
        double top = (double) row * height / map.height();
        double bottom = (row + 1.0) * height / map.height();
        double left = (double) column * width / map.width();
        double right = (column + 1.0) * width / map.width();
        double covered = 0;
        for (int y = (int) top; y < Math.min(height, Math.ceil(bottom)); y++) {
            double tall = Math.min(bottom, y + 1.0) - Math.max(top, y);
            for (int x = (int) left; x < Math.min(width, Math.ceil(right)); x++) {
                if (person[y * width + x]) {
                    covered += tall * (Math.min(right, x + 1.0) - Math.max(left, x));
                }
            }
        }
        return covered / ((bottom - top) * (right - left));
    }
}
