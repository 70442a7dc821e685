package io.github.mgn4j.study;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.AttentionShare;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.EvaluationOptions;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.QueryResult;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.eval.TestFeatures;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.extract.JoinedExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Evaluates a row: joins the features of its networks, ranks by Euclidean distance and re-ranks; measures where its branches
 * look, if the data have masks.
 */
final class RowEvaluation {
    private static final int BATCH = 32;

    /** Queries whose ranked lists are shown. */
    private static final int SHOWN = 4;

    private final ReidDataset dataset;
    private final ReRanker reRanker;

    RowEvaluation(ReidDataset dataset, ReRanker reRanker) {
        this.dataset = dataset;
        this.reRanker = reRanker;
    }

    ResultJson.Scores evaluate(List<Path> models, boolean normalise) throws IOException {
        List<FeatureExtractor> opened = new ArrayList<>();
        TestFeatures features;
        List<AttentionShare> attention = new ArrayList<>();
        EvaluationOptions options = EvaluationOptions.builder().reRank(reRanker).build();
        try {
            for (Path model : models) {
                opened.add(FeatureExtractor.builder(ModelFile.load(model))
                        .batch(BATCH)
                        .build());
            }
            features = TestFeatures.extract(JoinedExtractor.of(opened, normalise), dataset, options);
            for (FeatureExtractor extractor : opened) {
                attention.addAll(AttentionShare.ofQueries(extractor, dataset));
            }
        } finally {
            opened.forEach(FeatureExtractor::close);
        }
        if (!isFinite(features.query()) || !isFinite(features.gallery())) {
            return ResultJson.Scores.diverged("features are not finite");
        }
        DatasetEvaluation evaluation = new Evaluator(DistanceMetric.EUCLIDEAN).evaluate(features, options);
        return new ResultJson.Scores(
                null,
                evaluation.plain().metrics(),
                Objects.requireNonNull(evaluation.reRanked()).metrics(),
                shown(evaluation.plain()),
                attention);
    }

    private static boolean isFinite(LabelledFeatures features) {
        for (float value : features.features().data()) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the results of the same queries for every row: of the first people, one each, that have a match. */
    private List<QueryResult> shown(Evaluation evaluation) {
        Set<Integer> people = new HashSet<>();
        List<ReidImage> queries = dataset.query();
        return evaluation.results().stream()
                .filter(QueryResult::counted)
                .filter(result -> people.add(queries.get(result.query()).pid()))
                .limit(SHOWN)
                .toList();
    }
}
