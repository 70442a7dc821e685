package io.github.mgn4j.data.synth;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The properties of one camera, which affect all of its images.
 *
 * @param gain gain of red, green and blue: the colour cast
 * @param gamma below 1 for a washed-out image, above 1 for a dark one
 * @param contrast contrast around the middle gray
 * @param sharpness the fraction of the resolution that the image retains
 * @param noise standard deviation of a pixel's noise, in steps of 255
 * @param view the most frequent view of persons
 * @param scenes the backgrounds: the camera turns
 */
record Camera(
        List<Double> gain,
        double gamma,
        double contrast,
        double sharpness,
        double noise,
        Pose.View view,
        List<Scene> scenes,
        long sceneSeed) {
    /** Returns each pixel value on the scale 0..1, with the camera's gamma. */
    double[] exposure() {
        double[] exposure = new double[256];
        for (int value = 0; value < exposure.length; value++) {
            exposure[value] = StrictMath.pow(value / 255.0, gamma);
        }
        return exposure;
    }

    enum Scene {
        STREET,
        PARK,
        BRICKS,
        HALL,
        SHOPS,
        PARKING
    }

    /** Returns a camera by its number; neighbours differ in view and scene. */
    static Camera of(int number, SplittableRandom random) {
        Pose.View[] views = {Pose.View.FRONT, Pose.View.BACK, Pose.View.SIDE};
        Scene[] scenes = Scene.values();
        return new Camera(
                List.of(between(random, 0.82, 1.15), between(random, 0.85, 1.1), between(random, 0.8, 1.18)),
                between(random, 0.85, 1.25),
                between(random, 0.75, 1.05),
                between(random, 0.65, 1),
                between(random, 2, 6),
                views[(number - 1) % views.length],
                List.of(scenes[(number - 1) % scenes.length], scenes[(number + 1) % scenes.length]),
                random.nextLong());
    }

    /** Returns the view of one image: usually the camera's. */
    Pose.View view(SplittableRandom random) {
        if (random.nextInt(100) < 55) {
            return view;
        }
        return Pose.View.random(random);
    }

    Scene scene(SplittableRandom random) {
        return scenes.get(random.nextInt(scenes.size()));
    }

    static double between(SplittableRandom random, double low, double high) {
        return low + random.nextDouble() * (high - low);
    }
}
