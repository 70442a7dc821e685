package io.github.mgn4j.data.synth;

import io.github.mgn4j.data.DatasetException;

/**
 * The options of a synthetic data set. Immutable.
 *
 * @param ids identities in training, and as many others in test
 * @param cameras number of cameras, at least 2: every query needs a match under another camera
 * @param images number of images per identity and camera, in training and in the gallery; each has one additional query
 * @param width width of the images in pixels
 * @param height height of the images in pixels
 * @param seed seed of all random choices
 * @param masks whether each person's mask is written, too; see {@link SyntheticMasks}. The images are the same either way
 */
public record SynthOptions(int ids, int cameras, int images, int width, int height, long seed, boolean masks) {
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

    /** Creates options without masks. */
    public SynthOptions(int ids, int cameras, int images, int width, int height, long seed) {
        this(ids, cameras, images, width, height, seed, false);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new DatasetException(
                    "synthetic data set: " + name + " must be " + min + " to " + max + ", not " + value);
        }
    }

    /** Returns these options with another number of identities. */
    public SynthOptions withIds(int value) {
        return new SynthOptions(value, cameras, images, width, height, seed, masks);
    }

    /** Returns these options with another number of cameras. */
    public SynthOptions withCameras(int value) {
        return new SynthOptions(ids, value, images, width, height, seed, masks);
    }

    /** Returns these options with another number of images per identity and camera. */
    public SynthOptions withImages(int value) {
        return new SynthOptions(ids, cameras, value, width, height, seed, masks);
    }

    /** Returns these options with another image size in pixels. */
    public SynthOptions withSize(int newWidth, int newHeight) {
        return new SynthOptions(ids, cameras, images, newWidth, newHeight, seed, masks);
    }

    /** Returns these options with another seed. */
    public SynthOptions withSeed(long value) {
        return new SynthOptions(ids, cameras, images, width, height, value, masks);
    }

    /** Returns these options with or without masks. */
    public SynthOptions withMasks(boolean value) {
        return new SynthOptions(ids, cameras, images, width, height, seed, value);
    }
}
