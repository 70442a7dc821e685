package io.github.mgn4j.data;

import java.util.SplittableRandom;

/** Mirrors an image with a probability. */
public record HorizontalFlip(double probability) implements Augmentation {
    public HorizontalFlip {
        DatasetException.checkProbability(probability);
    }

    @Override
    public TrainingSample apply(TrainingSample sample, SplittableRandom random) {
        return random.nextDouble() < probability ? new TrainingSample(sample.image(), !sample.mirrored()) : sample;
    }
}
