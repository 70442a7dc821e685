package io.github.mgn4j.engine.internal;

/**
 * Quantises the weights of a convolution {@code [out, ...]} to 8 bits. Quantisation is symmetric, with one scale per output
 * channel: its largest magnitude divided by {@link #MAX}. The scale of a channel of zeros is 1.
 */
public final class Int8Weights {
    /** The largest 8-bit value; -128 is not used, so that the range is symmetric. */
    public static final int MAX = 127;

    private Int8Weights() {}

    /** Returns the scale of each output channel: {@code [out]}. */
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

    /** Returns the weights divided by their channel's scale and rounded: -127..127. */
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
