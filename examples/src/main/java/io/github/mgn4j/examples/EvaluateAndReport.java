package io.github.mgn4j.examples;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.EvaluationOptions;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.report.Report;
import io.github.mgn4j.report.ReportBuilder;
import io.github.mgn4j.samediff.ActivationMaps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Evaluates a model on a data set, plainly and re-ranked, and writes a report. */
public final class EvaluateAndReport {
    private EvaluateAndReport() {}

    /** Arguments: model file, folder of the data set, folder to write the report to. */
    public static void main(String... args) throws IOException {
        Model model = ModelFile.load(Path.of(args[0]));
        ReidDataset dataset = DatasetFormats.read(Path.of(args[1]));
        EvaluationOptions options = EvaluationOptions.builder()
                .reRank(ReRanker.STANDARD)
                .verification(true)
                .build();
        DatasetEvaluation evaluation;
        try (FeatureExtractor extractor = FeatureExtractor.of(model)) {
            evaluation = new Evaluator(DistanceMetric.EUCLIDEAN).evaluate(extractor, dataset, options);
        }
        System.out.printf(
                Locale.ROOT,
                "mAP %.1f%%, re-ranked %.1f%%%n",
                100 * evaluation.plain().metrics().mAP(),
                100 * evaluation.metrics().mAP());

        ReportBuilder report = Report.builder(evaluation).model(Path.of(args[0]));
        try (ActivationMaps maps = ActivationMaps.of(model)) {
            report.activationMaps(maps::compute);
        }
        System.out.println("see " + report.build().write(Path.of(args[2])));
    }
}
