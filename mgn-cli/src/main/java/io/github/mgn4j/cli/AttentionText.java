package io.github.mgn4j.cli;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SyntheticMasks;
import io.github.mgn4j.eval.AttentionShare;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.report.ReportBuilder;
import io.github.mgn4j.samediff.ActivationMaps;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** The share of activation on the persons, where a data set has masks. */
final class AttentionText {
    /** Number of queries, spread over all: each takes a run of the network. */
    private static final int QUERIES = 64;

    private AttentionText() {}

    /** Adds the share to a report, if the data set has masks. */
    static void add(ReportBuilder page, ReidDataset dataset, ActivationMaps maps) throws IOException {
        SyntheticMasks masks = SyntheticMasks.of(dataset.root()).orElse(null);
        if (masks != null) {
            List<ReidImage> queries = dataset.query();
            int count = Math.min(QUERIES, queries.size());
            List<ReidImage> some = IntStream.range(0, count)
                    .mapToObj(i -> queries.get((int) ((long) i * queries.size() / count)))
                    .toList();
            page.fact("activation", AttentionShare.text(AttentionShare.of(some, masks::read, maps::compute)));
        }
    }
}
