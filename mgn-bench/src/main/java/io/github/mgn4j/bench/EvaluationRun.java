package io.github.mgn4j.bench;

import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.MetricsJson;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.eval.TestFeatures;
import io.github.mgn4j.features.DistanceMetric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Evaluates feature files, plainly or re-ranked, and prints the seconds without reading, and the metrics. A program and
 * not a JMH benchmark, because compare-evaluation.sh runs it and its Python peers in turn, each in a process of its own
 * whose memory peak is measured.
 */
public final class EvaluationRun {
    private EvaluationRun() {}

    /** Arguments: folder with query.npy and gallery.npy (and their .csv), plain or rerank. */
    public static void main(String... args) throws IOException {
        Path folder = Path.of(args[0]);
        TestFeatures features =
                TestFeatures.read(folder.resolve("query.npy"), null, folder.resolve("gallery.npy"), null);
        LabelledFeatures query = features.query();
        LabelledFeatures gallery = features.gallery();
        long start = System.nanoTime();
        Evaluator evaluator = new Evaluator(DistanceMetric.EUCLIDEAN);
        Evaluation evaluation = args[1].equals("rerank")
                ? evaluator.evaluate(query, gallery, ReRanker.STANDARD)
                : evaluator.evaluate(query, gallery);
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT, "{\"seconds\": %.3f, \"metrics\": %s}%n", seconds, MetricsJson.of(evaluation.metrics()));
    }
}
