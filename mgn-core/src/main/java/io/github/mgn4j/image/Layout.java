package io.github.mgn4j.image;

/** Order of the axes of image batches and feature maps. */
public enum Layout {
    /** {@code [batch, channels, height, width]}: PyTorch's and cuDNN's. */
    NCHW,
    /** {@code [batch, height, width, channels]}: the fast one on CPUs. */
    NHWC
}
