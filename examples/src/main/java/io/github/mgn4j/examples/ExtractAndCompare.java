package io.github.mgn4j.examples;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.verify.Comparison;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Measures thresholds on a labelled data set, stores them in the model, and decides whether two images show the same
 * person.
 */
public final class ExtractAndCompare {
    private ExtractAndCompare() {}

    /** Arguments: model file, data set, model file to write, first image, second image. */
    public static void main(String... args) throws IOException {
        Model model = ModelFile.load(Path.of(args[0]));
        ModelFile.save(Path.of(args[2]), model.withThresholds(measure(model, DatasetFormats.read(Path.of(args[1])))));

        try (FeatureExtractor extractor = FeatureExtractor.open(Path.of(args[2]))) {
            Comparison verdict = extractor.compare(Path.of(args[3]), Path.of(args[4]), 0.01);
            System.out.printf(
                    "%s: distance %.4f, threshold %.4f at a false-accept rate of %.2f%n",
                    verdict.same() ? "the same person" : "two people",
                    verdict.distance(),
                    verdict.threshold(),
                    verdict.falseAcceptRate().orElseThrow());
        }
    }

    private static VerificationThresholds measure(Model model, ReidDataset data) throws IOException {
        try (FeatureExtractor extractor = FeatureExtractor.of(model)) {
            return new Evaluator(DistanceMetric.EUCLIDEAN)
                    .evaluate(extractor, data)
                    .thresholds(true, data.name());
        }
    }
}
