package io.github.mgn4j.spec;

/**
 * A convolution without bias and the batch norm behind it, the pair that all of a network is made of.
 *
 * @param name parameter prefix of the convolution: its weight is {@code name.weight}, {@code [out, in, kernel, kernel]}
 * @param norm parameter prefix of the batch norm: {@code weight}, {@code bias}, {@code running_mean},
 *     {@code running_var}, each {@code [out]}
 * @param in input channels
 * @param out output channels
 * @param kernel height and width of the kernel; the padding is half of it, rounded down
 * @param stride in both directions
 * @param relu whether a ReLU follows (behind the residual sum where there is one)
 * @param height rows of the input map
 * @param width columns of the input map
 */
public record ConvLayer(
        String name, String norm, int in, int out, int kernel, int stride, boolean relu, int height, int width) {
    /** Added to the variance in every batch norm, as in PyTorch. */
    public static final double EPSILON = 1e-5;

    /** Zero padding on every side. */
    public int padding() {
        return kernel / 2;
    }

    /** Rows of the output map. */
    public int outputHeight() {
        return outputSize(height);
    }

    /** Columns of the output map. */
    public int outputWidth() {
        return outputSize(width);
    }

    /** Multiply-accumulates of the convolution per image. */
    public long macs() {
        return (long) outputHeight() * outputWidth() * out * in * kernel * kernel;
    }

    private int outputSize(int size) {
        return (size + 2 * padding() - kernel) / stride + 1;
    }
}
