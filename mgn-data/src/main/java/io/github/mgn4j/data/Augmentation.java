package io.github.mgn4j.data;

import java.util.SplittableRandom;

/**
 * A random change to a training image. Implementations are immutable, are called from several threads at a time, and take all
 * their randomness from the stream that they are given: an image's change is a pure function of seed, epoch and its place in
 * the epoch, so that a resumed run sees the same images. {@code BatchLoader.Builder.augmentation} and mgn-train's {@code
 * TrainingBuilder.augmentation} take a program's own.
 */
@FunctionalInterface
public interface Augmentation {
    /** Leaves every image as it is. */
    Augmentation NONE = (sample, random) -> sample;

    /**
     * Changes one image.
     *
     * @param sample a training image at the network's input size, 8-bit RGB
     * @param random this image's own stream
     * @return an image of the same size; another size ends the training
     */
    TrainingSample apply(TrainingSample sample, SplittableRandom random);

    /** This change, then another. */
    default Augmentation then(Augmentation next) {
        return (sample, random) -> next.apply(apply(sample, random), random);
    }
}
