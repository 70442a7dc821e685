package io.github.mgn4j.data;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;

/**
 * One batch of training images.
 *
 * @param epoch from 0
 * @param position within the epoch, from 0
 * @param size number of images
 * @param images the network's input, {@code [size, ...]} in the loader's layout; a direct buffer in native byte order,
 *     position 0. The loader reuses it: it holds these images only until the next call of {@link BatchLoader#next}
 * @param labels the class of each image
 * @param pids the person in each image
 */
public record Batch(
        long epoch, int position, int size, FloatBuffer images, ImmutableIntArray labels, ImmutableIntArray pids) {}
