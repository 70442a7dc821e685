package io.github.mgn4j.cli;

import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.EvaluationException;
import io.github.mgn4j.eval.Metric;
import io.github.mgn4j.eval.PairDistances;
import io.github.mgn4j.eval.Verification;
import io.github.mgn4j.eval.Verifier;
import io.github.mgn4j.report.EmbeddingMap;
import io.github.mgn4j.report.RankedGallery;
import io.github.mgn4j.report.ReportData;
import org.jspecify.annotations.Nullable;

/** Fills reports from what the commands have. */
final class Reports {
    /** Name of the page. */
    static final String HTML = "report.html";

    private static final int QUERIES = 6;

    private Reports() {}

    /** Adds the ranked galleries of the best and worst queries. */
    static void addGalleries(ReportData.Builder report, Evaluation evaluation, ReportImages images) {
        report.best(RankedGallery.best(evaluation, images.query(), images.gallery(), QUERIES));
        report.worst(RankedGallery.worst(evaluation, images.query(), images.gallery(), QUERIES));
    }

    /**
     * Adds how far apart pairs are, thresholds, and the map. Where there is too little to compare the report says so
     * instead.
     *
     * @param verification if it has been made already
     */
    static void addFeatures(
            ReportData.Builder report, TestSet test, Metric metric, @Nullable Verification verification) {
        try {
            report.pairs(PairDistances.of(test.query(), test.gallery(), metric));
            report.verification(
                    verification != null ? verification : new Verifier(metric).verify(test.query(), test.gallery()));
        } catch (EvaluationException e) {
            report.fact("thresholds", "none: " + e.getMessage());
        }
        try {
            report.map(EmbeddingMap.of(test.query(), test.gallery(), metric));
        } catch (EvaluationException e) {
            report.fact("map", "none: " + e.getMessage());
        }
    }
}
