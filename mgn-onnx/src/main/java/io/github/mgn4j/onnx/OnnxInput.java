package io.github.mgn4j.onnx;

/** What an exported network takes as its input {@code images}, {@code [N, 3, H, W]}, red, green and blue. */
public enum OnnxInput {
    /** float32, normalised as {@link io.github.mgn4j.image.Preprocessor} does it. */
    NORMALISED,
    /** uint8, the pixels of the resized picture; scale, mean and standard deviation are in the graph. */
    PIXELS
}
