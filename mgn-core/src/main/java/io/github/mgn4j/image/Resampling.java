package io.github.mgn4j.image;

/**
 * Interpolation kernels, as defined in Pillow. When an image is reduced, the kernel is stretched by the reduction, so that
 * every input pixel counts (antialiasing).
 */
public enum Resampling {
    /** The triangle kernel, the default of re-identification features. */
    BILINEAR(1.0) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            return x < 1.0 ? 1.0 - x : 0.0;
        }
    },

    /** Keys' cubic convolution with a = -0.5. */
    BICUBIC(2.0) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            if (x < 1.0) {
                return ((A + 2.0) * x - (A + 3.0)) * x * x + 1;
            }
            return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * A : 0.0;
        }
    };

    private static final double A = -0.5;

    private final double support;

    Resampling(double support) {
        this.support = support;
    }

    /** Returns half the kernel's width, in output pixels when reducing and in input pixels when enlarging. */
    double support() {
        return support;
    }

    /** Returns the kernel's value at a distance from its centre. */
    abstract double weight(double distance);
}
