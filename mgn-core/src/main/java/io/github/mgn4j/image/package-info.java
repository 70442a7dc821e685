/**
 * The path from an image file to the network's input, with the same pixels as Python's Pillow and the same floats as
 * torchvision: {@link io.github.mgn4j.image.ImageDecoder} reads files, {@link io.github.mgn4j.image.PillowResize} resizes,
 * {@link io.github.mgn4j.image.Preprocessor} normalises.
 */
@NullMarked
package io.github.mgn4j.image;

import org.jspecify.annotations.NullMarked;
