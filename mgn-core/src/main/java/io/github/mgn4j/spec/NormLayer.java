package io.github.mgn4j.spec;

/**
 * A normalisation that stands alone: the batch norm of a neck, or the instance norm of IBN-a.
 *
 * @param name parameter prefix of {@code weight} and {@code bias}, and of a batch norm's {@code running_mean} and
 *     {@code running_var}, each {@code [channels]}
 * @param channels number of normalised channels; an instance norm's are the first of its map
 */
public record NormLayer(String name, int channels) {
    /** The constant added to the variance. */
    public static final double EPSILON = 1e-5;
}
