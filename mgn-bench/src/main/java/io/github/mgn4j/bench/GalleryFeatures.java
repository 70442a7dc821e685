package io.github.mgn4j.bench;

import io.github.mgn4j.features.FeatureMatrix;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Features like those of a trained network: most of their variance lies in few directions, and an image differs from its person in
 * the same directions, but less.
 */
final class GalleryFeatures {
    static final int IMAGES_PER_PERSON = 20;

    /** Directions with variance, the l-th of 1 / (1 + l). */
    private static final int LATENT = 256;

    /** Deviation of an image from its person, as a fraction of that of people from each other. */
    private static final double WITHIN = 0.5;

    /** Deviation in every dimension besides. */
    private static final double OUTSIDE = 0.1;

    private final float[][] basis;

    GalleryFeatures(int dims) {
        Random random = new Random(11);
        basis = new float[LATENT][dims];
        for (float[] direction : basis) {
            for (int d = 0; d < dims; d++) {
                direction[d] = (float) random.nextGaussian();
            }
        }
    }

    /** Returns the feature of an image of a person. */
    float[] feature(int person, SplittableRandom random) {
        Random centre = new Random(person);
        float[] feature = new float[basis[0].length];
        for (int d = 0; d < feature.length; d++) {
            feature[d] = (float) (OUTSIDE * random.nextGaussian());
        }
        for (int l = 0; l < LATENT; l++) {
            float z = (float) ((centre.nextGaussian() + WITHIN * random.nextGaussian()) / Math.sqrt(1 + l));
            float[] direction = basis[l];
            for (int d = 0; d < feature.length; d++) {
                feature[d] += z * direction[d];
            }
        }
        return feature;
    }

    /** Returns the features of images, the i-th of a given person. */
    FeatureMatrix rows(int count, IntUnaryOperator person, SplittableRandom random) {
        return FeatureMatrix.ofRows(IntStream.range(0, count)
                .mapToObj(i -> feature(person.applyAsInt(i), random))
                .toArray(float[][]::new));
    }
}
