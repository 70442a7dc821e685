package io.github.mgn4j.data;

import io.github.mgn4j.image.RgbImage;
import java.util.SplittableRandom;

/**
 * Erases a rectangle of random size and position (Zhong et al., Random Erasing Data Augmentation, AAAI 2020) with the mean
 * colour of the authors' code for re-identification.
 *
 * @param probability probability of changing an image
 * @param minArea minimum fraction of the image's area, above 0
 * @param maxArea maximum fraction of the image's area, below 1
 * @param minAspect minimum ratio of height to width, in (0, 1]; the maximum is its inverse
 */
public record RandomErasing(double probability, double minArea, double maxArea, double minAspect)
        implements Augmentation {
    /** The published parameters. */
    public static final RandomErasing PUBLISHED = new RandomErasing(0.5, 0.02, 0.4, 0.3);

    private static final int ATTEMPTS = 100;
    private static final byte[] FILL = {125, 123, 114};

    public RandomErasing {
        DatasetException.checkProbability(probability);
        DatasetException.check(
                minArea > 0 && minArea <= maxArea && maxArea < 1,
                "the erased share of an image must lie within 0 and 1, not %s to %s",
                minArea,
                maxArea);
        DatasetException.check(
                minAspect > 0 && minAspect <= 1,
                "the least aspect ratio must be above 0, at most 1, not %s",
                minAspect);
    }

    @Override
    public TrainingSample apply(TrainingSample sample, SplittableRandom random) {
        if (random.nextDouble() >= probability) {
            return sample;
        }
        RgbImage image = sample.image();
        for (int i = 0; i < ATTEMPTS; i++) {
            double area = uniform(random, minArea, maxArea) * image.width() * image.height();
            double aspect = uniform(random, minAspect, 1 / minAspect);
            int height = (int) Math.round(Math.sqrt(area * aspect));
            int width = (int) Math.round(Math.sqrt(area / aspect));
            if (height >= 1 && width >= 1 && height < image.height() && width < image.width()) {
                int top = random.nextInt(image.height() - height + 1);
                int left = random.nextInt(image.width() - width + 1);
                return new TrainingSample(erase(image, left, top, width, height), sample.mirrored());
            }
        }
        return sample;
    }

    private static double uniform(SplittableRandom random, double low, double high) {
        return low + random.nextDouble() * (high - low);
    }

    private static RgbImage erase(RgbImage image, int left, int top, int width, int height) {
        byte[] rgb = image.rgb();
        for (int y = top; y < top + height; y++) {
            int at = (y * image.width() + left) * RgbImage.CHANNELS;
            for (int i = 0; i < width * RgbImage.CHANNELS; i++) {
                rgb[at + i] = FILL[i % RgbImage.CHANNELS];
            }
        }
        return new RgbImage(image.width(), image.height(), rgb);
    }
}
