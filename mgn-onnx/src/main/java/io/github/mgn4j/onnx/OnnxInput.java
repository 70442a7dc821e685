package io.github.mgn4j.onnx;

/** The input {@code images} of an exported network, {@code [N, 3, H, W]}, red, green and blue. */
public enum OnnxInput {
    /** float32, normalised as by {@link io.github.mgn4j.image.Preprocessor}. */
    NORMALISED,
    /**
     * uint8, the pixels of the resized image. The graph scales, subtracts the mean and divides by the standard
     * deviation.
     */
    PIXELS
}
