package io.github.mgn4j.data;

import io.github.mgn4j.image.RgbImage;
import java.util.SplittableRandom;

/**
 * Changes brightness, contrast, saturation and hue at random and in a random order, as torchvision's {@code ColorJitter}
 * does on Pillow images. Each factor is uniform between 1 minus and 1 plus its strength; the hue rotates by up to its
 * strength in either direction. The changes are byte-identical to torchvision's; the random numbers are not.
 *
 * @param probability probability of changing an image
 * @param brightness strength, 0 to 1; 0 means no change, also for the others
 * @param contrast strength, 0 to 1
 * @param saturation strength, 0 to 1
 * @param hue strength as a fraction of the colour circle, 0 to 0.5
 */
public record ColourJitter(double probability, double brightness, double contrast, double saturation, double hue)
        implements Augmentation {
    /** The setting of FastReID: half of the images; 0.15, 0.15, 0.1 and 0.1. */
    public static final ColourJitter FAST_REID = new ColourJitter(0.5, 0.15, 0.15, 0.1, 0.1);

    private static final int KINDS = 4;

    public ColourJitter {
        DatasetException.checkProbability(probability);
        checkStrength("brightness", brightness, 1);
        checkStrength("contrast", contrast, 1);
        checkStrength("saturation", saturation, 1);
        checkStrength("hue", hue, 0.5);
    }

    private static void checkStrength(String name, double strength, double max) {
        DatasetException.check(
                strength >= 0 && strength <= max,
                "the %s jitter must lie within 0 and %s, not %s",
                name,
                max,
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
