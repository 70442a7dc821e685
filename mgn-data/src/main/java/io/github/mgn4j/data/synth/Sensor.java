package io.github.mgn4j.data.synth;

import io.github.mgn4j.image.PillowResize;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import java.util.SplittableRandom;

/**
 * Turns a painted scene into a camera's image: resolution, colour cast, light, contrast, noise. Thread-safe.
 */
final class Sensor {
    private static final int CHANNELS = RgbImage.CHANNELS;

    private final Camera camera;
    private final double[] exposure;

    Sensor(Camera camera) {
        this.camera = camera;
        exposure = camera.exposure();
    }

    RgbImage expose(RgbImage scene, int width, int height, SplittableRandom random) {
        double share = camera.sharpness() * Camera.between(random, 0.8, 1);
        int coarseWidth = Math.max(8, (int) (width * share));
        int coarseHeight = Math.max(16, (int) (height * share));
        RgbImage coarse = PillowResize.resize(scene, coarseWidth, coarseHeight, Resampling.BILINEAR);
        byte[] rgb =
                PillowResize.resize(coarse, width, height, Resampling.BILINEAR).rgb();
        int[][] response = response(random);
        double slope = Camera.between(random, -0.2, 0.2);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                // Light falls from one side, stronger or weaker in each image.
                double light = 1 + slope * (2.0 * x / width - 1);
                int at = (y * width + x) * CHANNELS;
                for (int c = 0; c < CHANNELS; c++) {
                    double value = response[c][rgb[at + c] & 0xff] * light + camera.noise() * normal(random);
                    rgb[at + c] = (byte) Brush.clamp(value);
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }

    private int[][] response(SplittableRandom random) {
        double brightness = Camera.between(random, 0.85, 1.15);
        int[][] response = new int[CHANNELS][256];
        for (int c = 0; c < CHANNELS; c++) {
            double gain = camera.gain().get(c) * brightness * Camera.between(random, 0.93, 1.07);
            for (int value = 0; value < 256; value++) {
                double exposed = gain * exposure[value];
                response[c][value] = Brush.clamp(255 * ((exposed - 0.5) * camera.contrast() + 0.5));
            }
        }
        return response;
    }

    /** Returns a nearly normal number: the sum of four uniform numbers, scaled to a variance of 1. */
    private static double normal(SplittableRandom random) {
        long bits = random.nextLong();
        long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        return (sum / 65535.0 - 2) * 1.7320508075688772;
    }
}
