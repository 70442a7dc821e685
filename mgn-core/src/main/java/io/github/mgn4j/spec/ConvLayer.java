package io.github.mgn4j.spec;

/**
 * A convolution without bias and the batch norm behind it. All layers of the feature network are such pairs.
 *
 * @param name parameter prefix of the convolution: its weight is {@code name.weight}, {@code [out, in, kernel, kernel]}
 * @param norm parameter prefix of the batch norm: {@code weight}, {@code bias}, {@code running_mean},
 *     {@code running_var}, each {@code [out]}
 * @param in input channels
 * @param out output channels
 * @param kernel height and width of the kernel; the padding is half of it, rounded down
 * @param stride stride in both directions
 * @param relu whether a ReLU follows (after the residual sum if there is one)
 * @param height rows of the input map
 * @param width columns of the input map
 * @param epsilon the constant added to the variance
 * @param unnormalised number of leading output channels that the batch norm leaves out, because an instance norm follows
 *     for them (IBN-a); the tensors of the batch norm have the length {@code out - unnormalised}
 */
public record ConvLayer(
        String name,
        String norm,
        int in,
        int out,
        int kernel,
        int stride,
        boolean relu,
        int height,
        int width,
        double epsilon,
        int unnormalised) {
    /** The constant that most networks add to the variance, as PyTorch does. */
    public static final double EPSILON = 1e-5;

    /** Creates a layer with PyTorch's constant whose batch norm covers all channels. */
    public ConvLayer(
            String name, String norm, int in, int out, int kernel, int stride, boolean relu, int height, int width) {
        this(name, norm, in, out, kernel, stride, relu, height, width, EPSILON, 0);
    }

    /** Returns the number of channels that the batch norm covers. */
    public int normalised() {
        return out - unnormalised;
    }

    /** Returns the zero padding on every side. */
    public int padding() {
        return kernel / 2;
    }

    /** Returns the rows of the output map. */
    public int outputHeight() {
        return outputSize(height);
    }

    /** Returns the columns of the output map. */
    public int outputWidth() {
        return outputSize(width);
    }

    /** Returns the multiply-accumulates of the convolution per image. */
    public long macs() {
        return (long) outputHeight() * outputWidth() * out * in * kernel * kernel;
    }

    private int outputSize(int size) {
        return (size + 2 * padding() - kernel) / stride + 1;
    }
}
