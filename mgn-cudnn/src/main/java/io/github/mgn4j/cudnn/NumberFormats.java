package io.github.mgn4j.cudnn;

import io.github.mgn4j.cudnn.Program.Value;
import io.github.mgn4j.cudnn.Program.View;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.ActivationRanges;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the number format and the scale of every map: one format for all maps, and a scale per convolution's output
 * if the format has scales. Packed images and the vectors that are reduced are half precision if maps are shorter than
 * float32: they are a hundredth of the work, and the features are computed from them.
 *
 * @param maps format of maps, and of the weights that they are multiplied with
 * @param packed format of packed images and the stem's weights
 * @param exact whether float32 products must not be rounded to tf32
 * @param ranges activation ranges; null if the format has no scales
 */
record NumberFormats(
        Format maps, Format packed, boolean exact, @Nullable ActivationRanges ranges) {
    /** Headroom of 8-bit floating point above calibration's bounds, which clip. It costs no precision. */
    private static final double HEADROOM = 2;

    /**
     * Returns the formats of a precision.
     *
     * @param ranges activation ranges of a calibrated model, for 8 bits
     */
    static NumberFormats of(Precision precision, @Nullable ActivationRanges ranges) {
        return switch (precision) {
            case FP32 -> new NumberFormats(Format.F32, Format.F32, true, null);
            case TF32 -> new NumberFormats(Format.F32, Format.F32, false, null);
            case FP16 -> new NumberFormats(Format.F16, Format.F16, false, null);
            case BF16 -> new NumberFormats(Format.BF16, Format.F16, false, null);
            case INT8 -> new NumberFormats(Format.S8, Format.F16, false, ranges);
            case FP8 -> new NumberFormats(Format.E4M3, Format.F16, false, ranges);
        };
    }

    /** Returns the format in which a map is stored. */
    Format of(Value value) {
        return value.layers().isEmpty() ? packed : maps;
    }

    /** Returns the value of one unit of a map's numbers. */
    double scale(View view) {
        Value value = view.value();
        return value.layers().isEmpty()
                ? 1
                : scale(value.layers().get(view.first() * value.layers().size() / value.channels()));
    }

    /** Returns the value of one unit of a convolution's output. */
    double scale(String layer) {
        if (ranges == null || !maps.scaled()) {
            return 1;
        }
        double headroom = maps == Format.E4M3 ? HEADROOM : 1;
        return ranges.bound(layer) * headroom / maps.largest();
    }
}
