package io.github.mgn4j.data;

import java.util.SplittableRandom;

/**
 * A random change to a training image. Implementations are immutable and take all their randomness from the stream that
 * they are given, so that an image's change is a pure function of seed, epoch and its place in the epoch.
 */
@FunctionalInterface
public interface Augmentation {
    /** Leaves every image as it is. */
    Augmentation NONE = (sample, random) -> sample;

    /**
     * Changes one image.
     *
     * @param sample a training image at the network's input size; the result has the same size
     */
    TrainingSample apply(TrainingSample sample, SplittableRandom random);

    /** This change, then another. */
    default Augmentation then(Augmentation next) {
        return (sample, random) -> next.apply(apply(sample, random), random);
    }
}
