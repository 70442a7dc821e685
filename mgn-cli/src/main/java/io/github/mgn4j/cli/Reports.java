package io.github.mgn4j.cli;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.ReidImage;
import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.report.RankedGallery;
import io.github.mgn4j.report.ReportData;
import io.github.mgn4j.report.ReportImage;
import java.util.List;

/** Fills reports from what the commands have. */
final class Reports {
    /** Name of the page. */
    static final String HTML = "report.html";

    private static final int QUERIES = 6;

    private Reports() {}

    /** Adds the ranked galleries of the best and worst queries. */
    static void addGalleries(ReportData.Builder report, Evaluation evaluation, ReidDataset dataset) {
        List<ReportImage> queries = images(dataset.query());
        List<ReportImage> gallery = images(dataset.gallery());
        report.best(RankedGallery.best(evaluation, queries, gallery, QUERIES));
        report.worst(RankedGallery.worst(evaluation, queries, gallery, QUERIES));
    }

    private static List<ReportImage> images(List<ReidImage> images) {
        return images.stream()
                .map(image -> new ReportImage(image.path(), image.pid(), image.camid()))
                .toList();
    }
}
