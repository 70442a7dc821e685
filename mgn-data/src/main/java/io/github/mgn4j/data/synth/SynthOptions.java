package io.github.mgn4j.data.synth;

import io.github.mgn4j.data.DatasetException;

/**
 * What a synthetic data set holds.
 *
 * @param ids identities in training, and as many others in test
 * @param cameras number of cameras, at least 2: every query needs a match under another one
 * @param images per identity and camera, in training and in the gallery; there is one query more for each
 * @param width of the images in pixels
 * @param height of the images in pixels
 * @param seed what everything random is derived from
 */
public record SynthOptions(int ids, int cameras, int images, int width, int height, long seed) {
    /** 50 identities in training and 50 in test, 4 cameras, 4 images for each, 64x128 pixels. */
    public static final SynthOptions DEFAULT = new SynthOptions(50, 4, 4, 64, 128, 1);

    private static final long MOST_IMAGES = 20_000_000;

    public SynthOptions {
        check("ids", ids, 1, 1_000_000);
        check("cameras", cameras, 2, 100);
        check("images", images, 1, 100_000);
        check("width", width, 16, 1024);
        check("height", height, 32, 2048);
        long all = 2L * ids * cameras * images;
        if (all > MOST_IMAGES) {
            throw new DatasetException("synthetic data set of more than " + MOST_IMAGES + " images: " + all);
        }
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new DatasetException(
                    "synthetic data set: " + name + " must be " + least + " to " + most + ", not " + value);
        }
    }

    public SynthOptions withIds(int value) {
        return new SynthOptions(value, cameras, images, width, height, seed);
    }

    public SynthOptions withCameras(int value) {
        return new SynthOptions(ids, value, images, width, height, seed);
    }

    public SynthOptions withImages(int value) {
        return new SynthOptions(ids, cameras, value, width, height, seed);
    }

    /** The size of the images in pixels. */
    public SynthOptions withSize(int newWidth, int newHeight) {
        return new SynthOptions(ids, cameras, images, newWidth, newHeight, seed);
    }

    public SynthOptions withSeed(long value) {
        return new SynthOptions(ids, cameras, images, width, height, value);
    }
}
