package io.github.mgn4j.cli;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.DistanceMetric;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.train.ModelEvaluator;
import java.io.IOException;
import java.util.Locale;

/** Scores a network in training by its mean average precision on a data set's query and gallery. */
final class MapEvaluator implements ModelEvaluator {
    private static final int BATCH = 16;

    private final ReidDataset dataset;
    private final Terminal terminal;

    MapEvaluator(ReidDataset dataset, Terminal terminal) {
        this.dataset = dataset;
        this.terminal = terminal;
    }

    @Override
    public double score(Model model, long iteration) throws IOException {
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(model).batch(BATCH).build()) {
            ReidMetrics metrics = new Evaluator(DistanceMetric.EUCLIDEAN)
                    .evaluate(extractor, dataset)
                    .metrics();
            terminal.say(String.format(
                    Locale.ROOT, "after step %d: mAP %.4f, rank-1 %.4f", iteration, metrics.mAP(), metrics.rank(1)));
            return metrics.mAP();
        }
    }
}
