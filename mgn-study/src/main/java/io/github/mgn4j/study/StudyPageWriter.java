package io.github.mgn4j.study;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.OcclusionMaps;
import io.github.mgn4j.eval.QueryResult;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.report.ComparisonReport;
import io.github.mgn4j.report.LossPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Writes the page of a study: table, CMC curves, losses, ranked lists and occlusion maps of the first seed. */
final class StudyPageWriter {
    /** Queries whose occlusion maps are shown. */
    private static final int MAPPED = 2;

    private final ReidDataset dataset;
    private final StudyTable table;
    private final Runs runs;
    private final Map<String, String> facts;

    /** Finds the training of a network for a seed. */
    @FunctionalInterface
    interface Runs {
        StudyRun of(StudyNetwork network, long seed);
    }

    StudyPageWriter(ReidDataset dataset, StudyTable table, Runs runs, Map<String, String> facts) {
        this.dataset = dataset;
        this.table = table;
        this.runs = runs;
        this.facts = facts;
    }

    String page() throws IOException {
        ComparisonReport page = new ComparisonReport("Study", facts, table.columns(), table.cells());
        for (StudyRow row : table.rows()) {
            List<ReidMetrics> metrics = table.of(row).stream()
                    .map(StudyResult::plain)
                    .filter(Objects::nonNull)
                    .toList();
            if (!metrics.isEmpty()) {
                page.metrics(row.name(), mean(metrics));
            }
            StudyResult first = table.of(row).get(0);
            if (row.networks().size() == 1) { // the networks of a joined row have losses of their own
                page.loss(row.name(), losses(runs.of(row.networks().get(0), first.seed())));
            }
            page.galleries(row.name(), first.lists(), dataset.query(), dataset.gallery());
            if (first.diverged() == null) {
                attention(page, row, first);
            }
        }
        return page.page();
    }

    private static List<LossPoint> losses(StudyRun run) throws IOException {
        return run.steps().stream()
                .map(s -> new LossPoint((int) s.iteration(), s.loss(), s.softmax(), s.triplet()))
                .toList();
    }

    private void attention(ComparisonReport page, StudyRow row, StudyResult result) throws IOException {
        List<ReidImage> images = result.lists().stream()
                .map(QueryResult::query)
                .limit(MAPPED)
                .map(dataset.query()::get)
                .toList();
        List<List<ActivationMap>> maps = new ArrayList<>();
        images.forEach(image -> maps.add(new ArrayList<>()));
        for (StudyNetwork network : row.networks()) {
            Path model = runs.of(network, result.seed()).model();
            try (FeatureExtractor extractor = FeatureExtractor.open(model)) {
                OcclusionMaps computed = OcclusionMaps.of(extractor);
                for (int i = 0; i < images.size(); i++) {
                    maps.get(i)
                            .addAll(computed.compute(
                                    ImageDecoder.decode(images.get(i).path())));
                }
            }
        }
        for (int i = 0; i < images.size(); i++) {
            page.attention(row.name(), images.get(i), maps.get(i));
        }
    }

    /** Returns the mean over the seeds, whose queries are the same. */
    private static ReidMetrics mean(List<ReidMetrics> all) {
        ReidMetrics first = all.get(0);
        List<Double> cmc = IntStream.range(0, first.cmc().size())
                .mapToObj(k ->
                        all.stream().mapToDouble(m -> m.cmc().get(k)).average().orElse(0))
                .toList();
        return new ReidMetrics(
                first.queries(),
                first.queriesWithoutMatch(),
                cmc,
                all.stream().mapToDouble(ReidMetrics::mAP).average().orElse(0),
                all.stream().mapToDouble(ReidMetrics::mAPTrapezoid).average().orElse(0),
                all.stream().mapToDouble(ReidMetrics::mINP).average().orElse(0));
    }
}
