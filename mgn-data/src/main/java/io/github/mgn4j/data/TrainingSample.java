package io.github.mgn4j.data;

import io.github.mgn4j.image.RgbImage;

/**
 * A training image on its way into a batch.
 *
 * @param image the image at the network's input size
 * @param mirrored whether left and right are exchanged when the image is written to the batch, which costs nothing
 */
public record TrainingSample(RgbImage image, boolean mirrored) {}
