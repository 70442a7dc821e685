package io.github.mgn4j.image;

/** The order of the axes of image batches and feature maps. */
public enum Layout {
    /** {@code [batch, channels, height, width]}, as in PyTorch and cuDNN. */
    NCHW,
    /** {@code [batch, height, width, channels]}, the faster layout on CPUs. */
    NHWC
}
