package io.github.mgn4j.image;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;

/**
 * The fixed-point weights with which one axis is resampled, computed as Pillow's {@code precompute_coeffs} and
 * {@code normalize_coeffs_8bpc} do: in double precision, then rounded to {@link #PRECISION_BITS} fractional bits.
 */
final class Kernel {
    /** Fractional bits: 32 less 8 for the pixel less 2 for overshoot and sign. */
    static final int PRECISION_BITS = 32 - 8 - 2;

    /** One half in fixed point: where sums start, so that the final shift rounds. */
    static final int HALF = 1 << (PRECISION_BITS - 1);

    /** Weights kept for later calls; a data set of cropped boxes has some hundred sizes. */
    private static final long CACHED_WEIGHTS = 1 << 20;

    private static final LoadingCache<Axis, Kernel> CACHE = CacheBuilder.newBuilder()
            .concurrencyLevel(1)
            .maximumWeight(CACHED_WEIGHTS)
            .weigher((Axis axis, Kernel kernel) -> kernel.weights.length)
            .build(CacheLoader.from(Kernel::new));

    /** Most input samples that one output sample depends on: the row length of {@link #weights}. */
    final int taps;

    /** The first input sample of each output sample; it never decreases. */
    final int[] start;

    /** The number of input samples of each output sample. */
    final int[] count;

    /** {@code [outputs, taps]}; beyond {@link #count} the weights are zero. */
    final int[] weights;

    private record Axis(int in, int out, Resampling resampling) {}

    private Kernel(Axis axis) {
        double scale = (double) axis.in / axis.out;
        double stretch = Math.max(scale, 1.0);
        double support = axis.resampling.support() * stretch;
        taps = (int) Math.ceil(support) * 2 + 1;
        start = new int[axis.out];
        count = new int[axis.out];
        weights = new int[Math.multiplyExact(axis.out, taps)];
        double[] row = new double[taps];
        for (int i = 0; i < axis.out; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) (centre - support + 0.5));
            int n = Math.min(axis.in, (int) (centre + support + 0.5)) - first;
            double sum = 0;
            for (int k = 0; k < n; k++) {
                row[k] = axis.resampling.weight((k + first - centre + 0.5) * (1.0 / stretch));
                sum += row[k];
            }
            start[i] = first;
            count[i] = n;
            for (int k = 0; k < n; k++) {
                double weight = (sum == 0 ? row[k] : row[k] / sum) * (1 << PRECISION_BITS);
                weights[i * taps + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
            }
        }
    }

    /** The weights for an axis; cached, immutable by agreement. */
    static Kernel of(int in, int out, Resampling resampling) {
        return CACHE.getUnchecked(new Axis(in, out, resampling));
    }

    /** The largest number of consecutive outputs that share an input sample. */
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
