package io.github.mgn4j.report;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.QueryExpansion;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.eval.SingleShot;
import io.github.mgn4j.eval.TestFeatures;
import io.github.mgn4j.internal.io.FileNames;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The statements under a report's title; by default they describe the evaluation. */
final class ReportFacts {
    private final Map<String, String> facts = new LinkedHashMap<>();

    ReportFacts(DatasetEvaluation evaluation) {
        TestFeatures features = evaluation.features();
        put("distance", evaluation.evaluator().metric().name().toLowerCase(Locale.ROOT));
        put("queries", "" + features.query().labels().size());
        put("gallery", "" + features.gallery().labels().size());
        ReRanker reRanker = evaluation.options().reRanker();
        if (reRanker != null) {
            put("re-ranking", "k1 %d, k2 %d, lambda %s".formatted(reRanker.k1(), reRanker.k2(), reRanker.lambda()));
        }
        QueryExpansion expansion = evaluation.options().expansion();
        if (expansion != null) {
            put("query expansion", "%d nearest, alpha %s".formatted(expansion.neighbours(), expansion.alpha()));
        }
        if (evaluation.options().multiQuery()) {
            put("multi-query", "mean of a person's images under the query's camera");
        }
        SingleShot.Result singleShot = evaluation.singleShot();
        if (singleShot != null) {
            put(
                    "single-shot",
                    String.format(
                            Locale.ROOT,
                            "rank-1 %.1f%%, %d trials",
                            100 * singleShot.rank(1),
                            evaluation.options().singleShotTrials()));
        }
        ReidDataset dataset = features.dataset();
        if (dataset != null) {
            put("data", FileNames.text(dataset.root()) + " (" + dataset.name() + ")");
        }
    }

    void put(String name, String value) {
        facts.put(name, value);
    }

    void replace(Map<String, String> statements) {
        facts.clear();
        facts.putAll(statements);
    }

    void addTo(ReportData.Builder report) {
        facts.forEach(report::fact);
    }
}
