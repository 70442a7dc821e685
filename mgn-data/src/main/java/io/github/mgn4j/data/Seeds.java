package io.github.mgn4j.data;

import java.util.SplittableRandom;

/**
 * Derives random numbers from where they are used: a seed and a path of numbers (epoch, index, ...) identify a stream, so
 * that its values depend on neither order nor threads.
 */
public final class Seeds {
    private Seeds() {}

    /** Returns the stream of a seed and a path. */
    public static SplittableRandom random(long seed, long... path) {
        return new SplittableRandom(mix(seed, path));
    }

    /** Returns a seed derived from a seed and a path; every bit depends on all of them. */
    public static long mix(long seed, long... path) {
        long hash = finish(seed + 0x9E3779B97F4A7C15L);
        for (long step : path) {
            hash = finish(hash * 0xD1342543DE82EF95L + finish(step + 0x9E3779B97F4A7C15L));
        }
        return hash;
    }

    /** Applies the finaliser of SplitMix64 (variant 13 of Stafford's). */
    private static long finish(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Shuffles values (Fisher and Yates); all orders are equally likely. */
    public static void shuffle(int[] values, SplittableRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }

    /** Returns the numbers from 0 to {@code length - 1} in a random order. */
    public static int[] permutation(int length, SplittableRandom random) {
        int[] values = new int[length];
        for (int i = 0; i < length; i++) {
            values[i] = i;
        }
        shuffle(values, random);
        return values;
    }
}
