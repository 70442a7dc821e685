package io.github.mgn4j.data.synth;

import io.github.mgn4j.data.DatasetException;
import java.util.Locale;

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
 * @param alike number of people who wear the same clothes. They differ in details, which lie at certain heights of the body:
 *     head, logo, bag and shoes. 1 if all people have clothes of their own
 * @param miscropped share of the boxes that miss the person, 0 to 1: with ground below the feet, without the legs, or beside
 *     the person
 * @param occluded share of the images with an object in front of the person, 0 to 1
 */
public record SynthOptions(
        int ids,
        int cameras,
        int images,
        int width,
        int height,
        long seed,
        boolean masks,
        int alike,
        double miscropped,
        double occluded) {
    /**
     * 50 identities in training and 50 in test, all with clothes of their own; 4 cameras, 4 images for each, 64x128 pixels; 22 %
     * of the boxes miss the person, 15 % of the images have an object in front.
     */
    public static final SynthOptions DEFAULT = new SynthOptions(50, 4, 4, 64, 128, 1);

    private static final double MISCROPPED = 0.22;
    private static final double OCCLUDED = 0.15;
    private static final long MOST_IMAGES = 20_000_000;

    public SynthOptions {
        check("ids", ids, 1, 1_000_000);
        check("cameras", cameras, 2, 100);
        check("images", images, 1, 100_000);
        check("width", width, 16, 1024);
        check("height", height, 32, 2048);
        check("alike", alike, 1, 1_000_000);
        checkShare("miscropped", miscropped);
        checkShare("occluded", occluded);
        long all = 2L * ids * cameras * images;
        if (all > MOST_IMAGES) {
            throw new DatasetException("synthetic data set of more than " + MOST_IMAGES + " images: " + all);
        }
    }

    /** Creates options with the default's masks, clothes, boxes and objects in front. */
    public SynthOptions(int ids, int cameras, int images, int width, int height, long seed) {
        this(ids, cameras, images, width, height, seed, false, 1, MISCROPPED, OCCLUDED);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new DatasetException(
                    "synthetic data set: " + name + " must be " + min + " to " + max + ", not " + value);
        }
    }

    private static void checkShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new DatasetException(
                    String.format(Locale.ROOT, "synthetic data set: %s must be 0 to 1, not %s", name, value));
        }
    }

    /** Returns these options with another number of identities. */
    public SynthOptions withIds(int value) {
        return new SynthOptions(value, cameras, images, width, height, seed, masks, alike, miscropped, occluded);
    }

    /** Returns these options with another number of cameras. */
    public SynthOptions withCameras(int value) {
        return new SynthOptions(ids, value, images, width, height, seed, masks, alike, miscropped, occluded);
    }

    /** Returns these options with another number of images per identity and camera. */
    public SynthOptions withImages(int value) {
        return new SynthOptions(ids, cameras, value, width, height, seed, masks, alike, miscropped, occluded);
    }

    /** Returns these options with another image size in pixels. */
    public SynthOptions withSize(int newWidth, int newHeight) {
        return new SynthOptions(ids, cameras, images, newWidth, newHeight, seed, masks, alike, miscropped, occluded);
    }

    /** Returns these options with another seed. */
    public SynthOptions withSeed(long value) {
        return new SynthOptions(ids, cameras, images, width, height, value, masks, alike, miscropped, occluded);
    }

    /** Returns these options with or without masks. */
    public SynthOptions withMasks(boolean value) {
        return new SynthOptions(ids, cameras, images, width, height, seed, value, alike, miscropped, occluded);
    }

    /** Returns these options with another number of people who wear the same clothes. */
    public SynthOptions withAlike(int value) {
        return new SynthOptions(ids, cameras, images, width, height, seed, masks, value, miscropped, occluded);
    }

    /** Returns these options with another share of boxes that miss the person. */
    public SynthOptions withMiscropped(double share) {
        return new SynthOptions(ids, cameras, images, width, height, seed, masks, alike, share, occluded);
    }

    /** Returns these options with another share of images with an object in front of the person. */
    public SynthOptions withOccluded(double share) {
        return new SynthOptions(ids, cameras, images, width, height, seed, masks, alike, miscropped, share);
    }
}
