package io.github.mgn4j.onnx;

import io.github.mgn4j.engine.Precision;
import java.util.Set;

/**
 * How a network is written as ONNX.
 *
 * @param precision {@code FP32}; {@code FP16}: weights and arithmetic in half precision between float32 input and output; or
 *     {@code INT8}: the backbone in 8 bits (QDQ: weights symmetric by output channel, maps as a whole with the ranges that the
 *     model was calibrated with), the reductions in float32
 * @param symmetric for {@code INT8}: maps as signed integers around 0, and residual sums of unrounded convolutions: what TensorRT
 *     takes; else as unsigned ones, twice as fine behind a ReLU, and sums of rounded maps, from which ONNX Runtime makes
 *     integer kernels on CPUs
 * @param input what the network takes
 * @param repeat 0 for an ordinary file, whose batch size is free; above 0, the file takes one image and repeats it so often
 *     before the network, so that a device's speed can be measured without the images' way to it
 */
public record OnnxOptions(Precision precision, boolean symmetric, OnnxInput input, int repeat) {
    private static final Set<Precision> PRECISIONS = Set.of(Precision.FP32, Precision.FP16, Precision.INT8);

    /** float32, any batch size, normalised input: what the command writes unless told otherwise. */
    public static final OnnxOptions DEFAULT = new OnnxOptions(Precision.FP32, false, OnnxInput.NORMALISED, 0);

    public OnnxOptions {
        OnnxException.check(
                PRECISIONS.contains(precision),
                "an ONNX file can be written in fp32, fp16 or int8, not in %s",
                precision.label());
        OnnxException.check(repeat >= 0, "repeat must be 0 or more, not %s", repeat);
    }

    public OnnxOptions withPrecision(Precision newPrecision) {
        return new OnnxOptions(newPrecision, symmetric, input, repeat);
    }

    public OnnxOptions withSymmetric(boolean on) {
        return new OnnxOptions(precision, on, input, repeat);
    }

    public OnnxOptions withInput(OnnxInput newInput) {
        return new OnnxOptions(precision, symmetric, newInput, repeat);
    }

    public OnnxOptions withRepeat(int images) {
        return new OnnxOptions(precision, symmetric, input, images);
    }
}
