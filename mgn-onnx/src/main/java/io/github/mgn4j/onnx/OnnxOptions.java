package io.github.mgn4j.onnx;

import io.github.mgn4j.engine.Precision;
import java.util.Set;

/**
 * Options of writing a network as ONNX. Immutable.
 *
 * @param precision {@code FP32}; {@code FP16}: weights and arithmetic in half precision between float32 input and
 *     output; or {@code INT8}: the backbone in 8 bits (QDQ: symmetric weights with a scale per output channel, maps
 *     with one scale each from the model's calibration), the reductions in float32
 * @param symmetric for {@code INT8}. True: maps as signed integers around 0, and residual sums of unrounded
 *     convolutions, as TensorRT requires. False: maps as unsigned integers, twice as fine after a ReLU, and sums of
 *     rounded maps, which ONNX Runtime turns into integer kernels on CPUs
 * @param input format of the network's input
 * @param repeat 0 for an ordinary file, whose batch size is free; above 0, the file takes one image and repeats it this
 *     many times before the network, to measure a device's speed without the transfer of the images
 */
public record OnnxOptions(Precision precision, boolean symmetric, OnnxInput input, int repeat) {
    private static final Set<Precision> PRECISIONS = Set.of(Precision.FP32, Precision.FP16, Precision.INT8);

    /** float32, any batch size, normalised input: the defaults of the command. */
    public static final OnnxOptions DEFAULT = new OnnxOptions(Precision.FP32, false, OnnxInput.NORMALISED, 0);

    /**
     * Checks the options.
     *
     * @throws OnnxException if {@code precision} is none of {@code FP32}, {@code FP16} and {@code INT8}, or {@code
     *     repeat} is negative
     */
    public OnnxOptions {
        OnnxException.check(
                PRECISIONS.contains(precision),
                "an ONNX file can be written in fp32, fp16 or int8, not in %s",
                precision.label());
        OnnxException.check(repeat >= 0, "repeat must be 0 or more, not %s", repeat);
    }

    /** Returns these options with another {@link #precision}. */
    public OnnxOptions withPrecision(Precision newPrecision) {
        return new OnnxOptions(newPrecision, symmetric, input, repeat);
    }

    /** Returns these options with another {@link #symmetric}. */
    public OnnxOptions withSymmetric(boolean on) {
        return new OnnxOptions(precision, on, input, repeat);
    }

    /** Returns these options with another {@link #input}. */
    public OnnxOptions withInput(OnnxInput newInput) {
        return new OnnxOptions(precision, symmetric, newInput, repeat);
    }

    /** Returns these options with another {@link #repeat}. */
    public OnnxOptions withRepeat(int images) {
        return new OnnxOptions(precision, symmetric, input, images);
    }
}
