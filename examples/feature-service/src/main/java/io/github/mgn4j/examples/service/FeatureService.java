package io.github.mgn4j.examples.service;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.EvaluationOptions;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** A service with one engine on the class path: extracts features, evaluates them and writes a report. */
public final class FeatureService {
    private FeatureService() {}

    /** Arguments: model file, folder of the data set, folder to write the report to, and an engine's name or nothing. */
    public static void main(String... args) throws IOException {
        String engine = args.length > 3 ? args[3] : Engines.AUTO;
        ReidDataset dataset = DatasetFormats.read(Path.of(args[1]));
        try (FeatureExtractor extractor = FeatureExtractor.builder(ModelFile.load(Path.of(args[0])))
                .engine(engine)
                .build()) {
            float[] feature = extractor.extract(dataset.query().get(0).path());
            DatasetEvaluation evaluation = new Evaluator(DistanceMetric.EUCLIDEAN)
                    .evaluate(extractor, dataset, EvaluationOptions.builder().build());
            System.out.printf(
                    Locale.ROOT,
                    "%s: features of %d values, mAP %.4f%n",
                    extractor.engineName(),
                    feature.length,
                    evaluation.metrics().mAP());
            System.out.println("see " + Report.builder(evaluation).build().write(Path.of(args[2])));
        }
    }
}
