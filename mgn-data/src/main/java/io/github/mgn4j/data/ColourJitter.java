package io.github.mgn4j.data;

import io.github.mgn4j.image.RgbImage;
import java.util.SplittableRandom;

/**
 * Changes brightness, contrast, saturation and hue at random and in a random order, as torchvision's {@code ColorJitter}
 * does on Pillow images: each change by a factor drawn evenly from 1 minus to 1 plus its strength, the hue turned by up to
 * its strength either way. The changes themselves are torchvision's to the byte; the random numbers are not.
 *
 * @param probability that an image is changed
 * @param brightness strength, 0 to 1; 0 leaves it alone, as for the others
 * @param contrast strength, 0 to 1
 * @param saturation strength, 0 to 1
 * @param hue strength in turns of the colour circle, 0 to 0.5
 */
public record ColourJitter(double probability, double brightness, double contrast, double saturation, double hue)
        implements Augmentation {
    /** What FastReID uses: half of the images; 0.15, 0.15, 0.1 and 0.1. */
    public static final ColourJitter FAST_REID = new ColourJitter(0.5, 0.15, 0.15, 0.1, 0.1);

    private static final int KINDS = 4;

    public ColourJitter {
        DatasetException.checkProbability(probability);
        checkStrength("brightness", brightness, 1);
        checkStrength("contrast", contrast, 1);
        checkStrength("saturation", saturation, 1);
        checkStrength("hue", hue, 0.5);
    }

    private static void checkStrength(String name, double strength, double most) {
        DatasetException.check(
                strength >= 0 && strength <= most,
                "the %s jitter must lie within 0 and %s, not %s",
                name,
                most,
                strength);
    }

    @Override
    public TrainingSample apply(TrainingSample sample, SplittableRandom random) {
        if (random.nextDouble() >= probability) {
            return sample;
        }
        RgbImage image = sample.image();
        byte[] rgb = image.rgb();
        for (int kind : Seeds.permutation(KINDS, random)) {
            double amount = 2 * random.nextDouble() - 1;
            switch (kind) {
                case 0 -> {
                    if (brightness > 0) {
                        ColourAdjustments.brightness(rgb, 1 + amount * brightness);
                    }
                }
                case 1 -> {
                    if (contrast > 0) {
                        ColourAdjustments.contrast(rgb, 1 + amount * contrast);
                    }
                }
                case 2 -> {
                    if (saturation > 0) {
                        ColourAdjustments.saturation(rgb, 1 + amount * saturation);
                    }
                }
                default -> {
                    if (hue > 0) {
                        ColourAdjustments.hue(rgb, amount * hue);
                    }
                }
            }
        }
        return new TrainingSample(new RgbImage(image.width(), image.height(), rgb), sample.mirrored());
    }
}
