package io.github.mgn4j.onednn;

import java.nio.FloatBuffer;

/**
 * A histogram of magnitudes with a relative precision of 1/128: a bin is the exponent and the first seven bits of the
 * fraction of a float. Not thread-safe.
 */
final class MagnitudeHistogram {
    private static final int SHIFT = 16;

    private final long[] counts = new long[1 << 15];
    private int smallest = counts.length; // smallest nonempty bin except that of zeros
    private float largest;

    void add(FloatBuffer values) {
        float[] chunk = new float[1 << 14];
        while (values.hasRemaining()) {
            int count = Math.min(chunk.length, values.remaining());
            values.get(chunk, 0, count);
            for (int i = 0; i < count; i++) {
                float magnitude = Math.abs(chunk[i]);
                int bin = Float.floatToRawIntBits(magnitude) >>> SHIFT;
                counts[bin]++;
                smallest = bin == 0 ? smallest : Math.min(smallest, bin);
                largest = Math.max(largest, magnitude);
            }
        }
    }

    /** Returns the largest value so far; NaN if there was a NaN. */
    float largest() {
        return largest;
    }

    /**
     * Returns the bound with the least squared error over all values, when values below it are rounded to {@code steps}
     * steps and those above it are clipped. At most the largest value; 1 if all values are 0.
     */
    float leastSquares(int steps) {
        if (!(largest > 0)) {
            return 1;
        }
        int top = Float.floatToRawIntBits(largest) >>> SHIFT;
        float best = largest;
        double leastError = error(best, steps);
        // Below a sixteenth of the largest value, clipping loses more than rounding gains.
        for (int bin = top; bin > top - 512 && bin > 0; bin--) {
            float bound = Float.intBitsToFloat(bin << SHIFT);
            double error = error(bound, steps);
            if (error < leastError) {
                leastError = error;
                best = bound;
            }
        }
        return best;
    }

    private double error(float bound, int steps) {
        double step = bound / steps;
        double rounding = step * step / 12;
        double sum = 0;
        for (int bin = Math.max(1, smallest); bin <= Float.floatToRawIntBits(largest) >>> SHIFT; bin++) {
            double value = Float.intBitsToFloat((bin << SHIFT) + (1 << (SHIFT - 1)));
            double clipped = Math.max(0, value - bound);
            // Values below half a step become 0.
            double lost = value < step / 2 ? value * value : rounding;
            sum += counts[bin] * (clipped > 0 ? clipped * clipped : lost);
        }
        return sum;
    }
}
