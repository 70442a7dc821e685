package io.github.mgn4j.image;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import java.util.Arrays;

/**
 * The fixed-point weights that resample one axis, computed as in Pillow's {@code precompute_coeffs} and
 * {@code normalize_coeffs_8bpc}: in double precision, then rounded to {@link #PRECISION_BITS} fractional bits.
 */
final class Kernel {
    /** Fractional bits: 32 minus 8 for the pixel minus 2 for overshoot and sign. */
    static final int PRECISION_BITS = 32 - 8 - 2;

    /** One half in fixed point, the start of sums, so that the final shift rounds. */
    static final int HALF = 1 << (PRECISION_BITS - 1);

    /** Weights kept for later calls; a data set of cropped boxes has some hundred sizes. */
    private static final long CACHED_WEIGHTS = 1 << 20;

    private static final LoadingCache<Axis, Kernel> CACHE = CacheBuilder.newBuilder()
            .concurrencyLevel(1)
            .maximumWeight(CACHED_WEIGHTS)
            .weigher((Axis axis, Kernel kernel) -> kernel.weights.length + 2 * kernel.pairs.length)
            .build(CacheLoader.from(Kernel::new));

    /** The most input samples that one output sample depends on: the row length of {@link #weights}. */
    final int taps;

    /** The first input sample of each output sample; it never decreases. */
    final int[] start;

    /** The number of input samples of each output sample. */
    final int[] count;

    /** {@code [outputs, taps]}; beyond {@link #count} the weights are zero. */
    final int[] weights;

    /**
     * Whether every weighted sum lies in the range of the samples, so that it can be rounded without clamping.
     */
    final boolean averages;

    /**
     * For each input sample its weights in the two outputs that use it, in one number: the later output's times 2^32 plus the
     * earlier one's, so that one multiplication covers both. The later output of sample {@code x} is the last that starts at or
     * before {@code x}. Filled for bilinear reductions; empty if more than two outputs use a sample or sums may overshoot.
     */
    final long[] pairs;

    private record Axis(int in, int out, Resampling resampling) {}

    private Kernel(Axis axis) {
        double scale = (double) axis.in / axis.out;
        double stretch = Math.max(scale, 1.0);
        double support = axis.resampling.support() * stretch;
        double[] row = new double[(int) Math.ceil(support) * 2 + 1];
        start = new int[axis.out];
        count = new int[axis.out];
        for (int i = 0; i < axis.out; i++) {
            double centre = (i + 0.5) * scale;
            start[i] = Math.max(0, (int) (centre - support + 0.5));
            count[i] = Math.min(axis.in, (int) (centre + support + 0.5)) - start[i];
        }
        taps = Arrays.stream(count).max().orElseThrow();
        weights = new int[Math.multiplyExact(axis.out, taps)];
        for (int i = 0; i < axis.out; i++) {
            double centre = (i + 0.5) * scale;
            double sum = 0;
            for (int k = 0; k < count[i]; k++) {
                row[k] = axis.resampling.weight((k + start[i] - centre + 0.5) * (1.0 / stretch));
                sum += row[k];
            }
            for (int k = 0; k < count[i]; k++) {
                double weight = (sum == 0 ? row[k] : row[k] / sum) * (1 << PRECISION_BITS);
                weights[i * taps + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
            }
        }
        averages = neverOvershoots();
        if (taps == 2) {
            makeCountsEqual(axis.in);
        }
        pairs = averages && taps > 2 && noSampleIsSeenThrice() ? pairs(axis.in) : new long[0];
    }

    private boolean neverOvershoots() {
        for (int i = 0; i < start.length; i++) {
            long sum = 0;
            for (int k = 0; k < count[i]; k++) {
                int weight = weights[i * taps + k];
                if (weight < 0) {
                    return false;
                }
                sum += weight;
            }
            if (HALF + 255 * sum >= 256L << PRECISION_BITS) {
                return false;
            }
        }
        return true;
    }

    /**
     * Gives outputs at the border, which use one sample, a second one of weight zero, so that loops need no branches.
     */
    private void makeCountsEqual(int in) {
        for (int i = 0; i < start.length; i++) {
            if (start[i] == in - 1) {
                start[i]--;
                weights[2 * i + 1] = weights[2 * i];
                weights[2 * i] = 0;
            }
            count[i] = 2;
        }
    }

    private boolean noSampleIsSeenThrice() {
        for (int i = 2; i < start.length; i++) {
            if (start[i - 2] + count[i - 2] > start[i]) {
                return false;
            }
        }
        return true;
    }

    private long[] pairs(int in) {
        long[] packed = new long[in];
        for (int i = 0; i < start.length; i++) {
            int next = i + 1 < start.length ? start[i + 1] : in;
            for (int k = 0; k < count[i]; k++) {
                long weight = weights[i * taps + k];
                packed[start[i] + k] += start[i] + k < next ? weight << 32 : weight;
            }
        }
        return packed;
    }

    /** Returns the weights for an axis. They are cached and must not be modified. */
    static Kernel of(int in, int out, Resampling resampling) {
        return CACHE.getUnchecked(new Axis(in, out, resampling));
    }

    /**
     * Rounds a weighted sum to a sample by shifting, and clamps it to 0..255. It uses no comparisons, so that loops vectorise.
     */
    static int round(int sum) {
        int value = sum >> PRECISION_BITS;
        value &= ~(value >> 31);
        return (value | (255 - value) >> 31) & 255;
    }

    /** Returns the largest number of consecutive outputs that share an input sample. */
    int overlap() {
        int widest = 1;
        int first = 0;
        for (int i = 0; i < start.length; i++) {
            while (start[first] + count[first] <= start[i]) {
                first++;
            }
            widest = Math.max(widest, i - first + 1);
        }
        return widest;
    }
}
