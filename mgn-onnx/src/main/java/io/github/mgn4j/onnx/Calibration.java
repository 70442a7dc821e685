package io.github.mgn4j.onnx;

import com.google.common.base.Verify;
import java.util.Map;

/**
 * How large a network's values become, which says how they are rounded to 8 bits: the largest absolute value of each map, by
 * its name in the ONNX graph. Made by {@link Calibrator}. Immutable.
 */
public record Calibration(Map<String, Float> largest) {
    static final int MAX_INT8 = 127;

    public Calibration {
        largest = Map.copyOf(largest);
    }

    /** The step between two 8-bit values of a map; above 0 also where all of it is zero. */
    float scale(String value) {
        Float max = Verify.verifyNotNull(largest.get(value), "no range of %s", value);
        return Math.max(max, Float.MIN_NORMAL * MAX_INT8) / MAX_INT8;
    }

    /** The steps of weights {@code [out, ...]}, one for each output channel. */
    static float[] steps(float[] weights, int channels) {
        int perChannel = weights.length / channels;
        float[] steps = new float[channels];
        for (int i = 0; i < weights.length; i++) {
            steps[i / perChannel] = Math.max(steps[i / perChannel], Math.abs(weights[i]));
        }
        for (int c = 0; c < channels; c++) {
            steps[c] = Math.max(steps[c], Float.MIN_NORMAL * MAX_INT8) / MAX_INT8;
        }
        return steps;
    }

    /** Weights {@code [out, ...]} in units of their channel's step, rounded to -127..127. */
    static float[] round(float[] weights, int channels) {
        float[] steps = steps(weights, channels);
        int perChannel = weights.length / channels;
        float[] rounded = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            rounded[i] = Math.round(weights[i] / steps[i / perChannel]);
        }
        return rounded;
    }
}
