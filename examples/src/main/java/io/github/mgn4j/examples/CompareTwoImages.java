package io.github.mgn4j.examples;

import io.github.mgn4j.extract.FeatureExtractor;
import java.io.IOException;
import java.nio.file.Path;

/** Same person or not: the distance between the features of two images. */
public final class CompareTwoImages {
    private CompareTwoImages() {}

    /** Arguments: model file, first image, second image. */
    public static void main(String... args) throws IOException {
        try (FeatureExtractor extractor = FeatureExtractor.open(Path.of(args[0]))) {
            float[] first = extractor.extract(Path.of(args[1]));
            float[] second = extractor.extract(Path.of(args[2]));
            System.out.printf("distance %.4f%n", distance(first, second));
        }
    }

    /** Euclidean distance, which the paper ranks by: the smaller, the more likely the same person. */
    static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }
}
