package io.github.mgn4j.data;

import java.util.SplittableRandom;

/**
 * A random change of a training image. Implementations are immutable and are called by several threads at the same time.
 * They take all randomness from the stream in their arguments, so that an image's change depends only on the seed, the epoch
 * and its position in the epoch, and a resumed run sees the same images. {@code BatchLoader.Builder.augmentation} and
 * mgn-train's {@code TrainingBuilder.augmentation} accept a program's own.
 */
@FunctionalInterface
public interface Augmentation {
    /** Leaves every image unchanged. */
    Augmentation NONE = (sample, random) -> sample;

    /**
     * Changes one image.
     *
     * @param sample a training image at the network's input size, 8-bit RGB
     * @param random the random stream of this image
     * @return an image of the same size; another size ends the training
     */
    TrainingSample apply(TrainingSample sample, SplittableRandom random);

    /** Returns an augmentation that applies this one and then another. */
    default Augmentation then(Augmentation next) {
        return (sample, random) -> next.apply(apply(sample, random), random);
    }
}
