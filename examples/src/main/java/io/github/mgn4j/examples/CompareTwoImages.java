package io.github.mgn4j.examples;

import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Same person or not: prints the Euclidean distance between the features of two images, the article's ranking
 * criterion.
 */
public final class CompareTwoImages {
    private CompareTwoImages() {}

    /** Arguments: model file, first image, second image. */
    public static void main(String... args) throws IOException {
        try (FeatureExtractor extractor = FeatureExtractor.open(Path.of(args[0]))) {
            float[] first = extractor.extract(Path.of(args[1]));
            float[] second = extractor.extract(Path.of(args[2]));
            System.out.printf("distance %.4f%n", DistanceMetric.EUCLIDEAN.between(first, second));
        }
    }
}
