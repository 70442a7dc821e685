package io.github.mgn4j.cudnn;

import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.cudnn.Program.Value;
import io.github.mgn4j.cudnn.Program.View;

/**
 * The properties of a convolution that its kernel is chosen by.
 *
 * @param images batch, mirrors included
 * @param in input channels
 * @param inPitch numbers from pixel to pixel of the input, which may have more channels than these
 * @param output format of the output and the residual
 * @param exact whether products must not be rounded to tf32
 */
record ConvolutionShape(
        int images,
        int in,
        int inPitch,
        int height,
        int width,
        int out,
        int outHeight,
        int outWidth,
        int kernel,
        int stride,
        int padding,
        boolean relu,
        boolean residual,
        Format input,
        Format output,
        boolean exact) {
    /** Largest number of thread blocks in a grid's second dimension, times their pixels. */
    private static final int MOST_PIXELS = 65_535 * 128;

    static ConvolutionShape of(Convolution op, int images, NumberFormats formats) {
        View from = op.input();
        Value to = op.output();
        return new ConvolutionShape(
                images,
                from.channels(),
                from.value().channels(),
                from.value().height(),
                from.value().width(),
                to.channels(),
                to.height(),
                to.width(),
                op.kernel(),
                op.stride(),
                op.padding(),
                op.relu(),
                op.residual() != null,
                formats.of(from.value()),
                formats.of(to),
                formats.exact());
    }

    /** Returns a line with all properties, as the key of a choice. */
    String key() {
        return "%d %d/%d %dx%d %d k%d s%d p%d%s%s %s %s%s"
                .formatted(
                        images,
                        in,
                        inPitch,
                        height,
                        width,
                        out,
                        kernel,
                        stride,
                        padding,
                        relu ? " relu" : "",
                        residual ? " add" : "",
                        input,
                        output,
                        exact ? " exact" : "");
    }

    /** Returns whether the engine's own 8-bit kernel computes it. */
    boolean fitsOwnKernel() {
        return input == Format.S8 && output == Format.S8 && kernel == 1 && stride == 1 && pixels() <= MOST_PIXELS;
    }

    /** Returns the number of output pixels. */
    int pixels() {
        return Math.multiplyExact(images, outHeight * outWidth);
    }

    /** Returns the number of floating-point operations, two for a product and its sum. */
    double flops() {
        return 2.0 * pixels() * out * in * kernel * kernel;
    }
}
