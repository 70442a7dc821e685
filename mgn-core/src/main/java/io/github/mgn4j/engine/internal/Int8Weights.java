package io.github.mgn4j.engine.internal;

/**
 * Weights of a convolution {@code [out, ...]} in 8 bits: symmetric, with a step for every output channel, its largest magnitude
 * over {@link #MAX}. The step of a channel of zeros is 1.
 */
public final class Int8Weights {
    /** The largest 8-bit value; -128 is left out, so that the range is symmetric. */
    public static final int MAX = 127;

    private Int8Weights() {}

    /** What a step of each channel is worth: {@code [out]}. */
    public static float[] scales(float[] weights, int channels) {
        int perChannel = weights.length / channels;
        float[] steps = new float[channels];
        for (int i = 0; i < weights.length; i++) {
            steps[i / perChannel] = Math.max(steps[i / perChannel], Math.abs(weights[i]));
        }
        for (int c = 0; c < channels; c++) {
            steps[c] = steps[c] > 0 ? steps[c] / MAX : 1;
        }
        return steps;
    }

    /** Weights in units of their channel's step, rounded: -127..127. */
    public static float[] rounded(float[] weights, int channels) {
        float[] steps = scales(weights, channels);
        int perChannel = weights.length / channels;
        float[] rounded = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            rounded[i] = (float) Math.rint(weights[i] / steps[i / perChannel]);
        }
        return rounded;
    }
}
