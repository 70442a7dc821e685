package io.github.mgn4j.data;

import io.github.mgn4j.image.RgbImage;
import java.util.SplittableRandom;

/**
 * Pads an image with a black margin and crops a random part of the original size: a random shift (Luo et al., Bag of Tricks,
 * CVPRW 2019, with a margin of 10).
 *
 * @param margin in pixels, at least 1
 */
public record PadAndCrop(int margin) implements Augmentation {
    public PadAndCrop {
        DatasetException.check(margin >= 1 && margin <= 4096, "the margin must be 1 to 4096 pixels, not %s", margin);
    }

    @Override
    public TrainingSample apply(TrainingSample sample, SplittableRandom random) {
        int right = random.nextInt(2 * margin + 1) - margin;
        int down = random.nextInt(2 * margin + 1) - margin;
        return new TrainingSample(shift(sample.image(), right, down), sample.mirrored());
    }

    private static RgbImage shift(RgbImage image, int right, int down) {
        byte[] from = image.rgb();
        byte[] to = new byte[from.length];
        int width = image.width();
        int columns = width - Math.abs(right);
        if (columns > 0) {
            for (int y = Math.max(0, down); y < image.height() + Math.min(0, down); y++) {
                int source = ((y - down) * width + Math.max(0, -right)) * RgbImage.CHANNELS;
                int target = (y * width + Math.max(0, right)) * RgbImage.CHANNELS;
                System.arraycopy(from, source, to, target, columns * RgbImage.CHANNELS);
            }
        }
        return new RgbImage(width, image.height(), to);
    }
}
