package io.github.mgn4j.onednn;

/** How a convolution's kernel moves over a map, as oneDNN gets it: height and width each. */
final class Window {
    private final long[] strides;
    private final long[] padding;
    private final long[] endPadding;

    /**
     * Prepares a kernel's window. A single column of results has no next column to step to. If a stride is set nevertheless,
     * oneDNN's AMX kernels mistake the length of the map's rows and read wrong ones (3.11, and still in 3.13; see
     * ConvolutionTest).
     *
     * @param width columns of the map
     * @param outputWidth columns of the result
     */
    Window(long[] kernel, long[] strides, long[] padding, long width, long outputWidth) {
        long beside = kernel[1] - padding[1] - width;
        boolean column = outputWidth == 1 && beside >= 0;
        this.strides = column ? new long[] {strides[0], 1} : strides;
        this.padding = padding;
        endPadding = column ? new long[] {padding[0], beside} : padding;
    }

    long[] strides() {
        return strides;
    }

    /** Returns the zeros above and to the left. */
    long[] padding() {
        return padding;
    }

    /** Returns the zeros below and to the right. */
    long[] endPadding() {
        return endPadding;
    }
}
