package io.github.mgn4j.data;

import java.util.SplittableRandom;

/**
 * Mirrors an image with a probability.
 *
 * @param probability probability of mirroring an image, 0 to 1
 */
public record HorizontalFlip(double probability) implements Augmentation {
    public HorizontalFlip {
        DatasetException.checkProbability(probability);
    }

    @Override
    public TrainingSample apply(TrainingSample sample, SplittableRandom random) {
        return random.nextDouble() < probability ? new TrainingSample(sample.image(), !sample.mirrored()) : sample;
    }
}
