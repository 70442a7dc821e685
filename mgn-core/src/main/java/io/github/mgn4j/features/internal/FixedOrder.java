package io.github.mgn4j.features.internal;

/**
 * Unit lengths, and squared Euclidean distances whose terms are added in one fixed order: float32 over {@value #CHUNK} values at a
 * time, and these sums in float64. So a pair of features has the same distance, to the bit, wherever it is computed.
 */
public final class FixedOrder {
    /** Number of values summed in float32. */
    public static final int CHUNK = 32;

    private FixedOrder() {}

    /**
     * Returns the squared distance of {@code length} values from {@code i} on in one array, from {@code j} on in the other. Four
     * sums are computed at a time, because each addition waits for the previous one in its sum.
     */
    public static double squaredDistance(float[] a, int i, float[] b, int j, int length) {
        double total = 0;
        int d = 0;
        for (; d + 4 * CHUNK <= length; d += 4 * CHUNK) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            for (int c = d; c < d + CHUNK; c++) {
                float d0 = a[i + c] - b[j + c];
                float d1 = a[i + c + CHUNK] - b[j + c + CHUNK];
                float d2 = a[i + c + 2 * CHUNK] - b[j + c + 2 * CHUNK];
                float d3 = a[i + c + 3 * CHUNK] - b[j + c + 3 * CHUNK];
                s0 += d0 * d0;
                s1 += d1 * d1;
                s2 += d2 * d2;
                s3 += d3 * d3;
            }
            total = total + s0 + s1 + s2 + s3;
        }
        for (; d < length; d += CHUNK) {
            int end = Math.min(length, d + CHUNK);
            float sum = 0;
            for (int c = d; c < end; c++) {
                float difference = a[i + c] - b[j + c];
                sum += difference * difference;
            }
            total += sum;
        }
        return total;
    }

    /**
     * Divides {@code length} values from {@code i} on by their Euclidean length, which is summed in float64. Zeros stay zeros.
     */
    public static void normalize(float[] from, int i, float[] to, int j, int length) {
        double squares = 0;
        for (int c = i; c < i + length; c++) {
            squares += (double) from[c] * from[c];
        }
        double norm = squares == 0 ? 1 : Math.sqrt(squares);
        for (int c = 0; c < length; c++) {
            to[j + c] = (float) (from[i + c] / norm);
        }
    }

    /** Returns whether {@code length} values from {@code i} on are all zero: such a feature has no direction. */
    public static boolean isZero(float[] a, int i, int length) {
        for (int c = i; c < i + length; c++) {
            if (a[c] != 0) {
                return false;
            }
        }
        return true;
    }
}
