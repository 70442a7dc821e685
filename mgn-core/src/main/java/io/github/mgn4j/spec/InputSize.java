package io.github.mgn4j.spec;

/**
 * The size of a network's input images in pixels; 384x128 in the paper.
 *
 * @param height rows, 32 to 4096
 * @param width columns, 32 to 4096
 */
public record InputSize(int height, int width) {
    public InputSize {
        SpecException.check(
                height >= 32 && height <= 4096 && width >= 32 && width <= 4096,
                "input height and width must be 32 to 4096 pixels, not %sx%s",
                height,
                width);
    }
}
