package io.github.mgn4j.cli;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.AttentionShare;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.report.ReportBuilder;
import java.io.IOException;
import java.util.List;

/** How much of what the features depend on lies on the persons, where a data set has masks. */
final class AttentionText {
    private AttentionText() {}

    /** Adds the share to a report, if the data set has masks. */
    static void add(ReportBuilder page, ReidDataset dataset, FeatureExtractor extractor) throws IOException {
        List<AttentionShare> shares = AttentionShare.ofQueries(extractor, dataset);
        if (!shares.isEmpty()) {
            page.fact("attention", AttentionShare.text(shares));
        }
    }
}
