package io.github.mgn4j.cli;

import com.google.common.base.Joiner;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.github.mgn4j.eval.CameraPairs;
import io.github.mgn4j.eval.DistanceMetric;
import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.EvaluationException;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.MetricIntervals;
import io.github.mgn4j.eval.PairDistances;
import io.github.mgn4j.eval.Verification;
import io.github.mgn4j.eval.Verifier;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.report.Attention;
import io.github.mgn4j.report.EmbeddingMap;
import io.github.mgn4j.report.RankedGallery;
import io.github.mgn4j.report.ReportData;
import io.github.mgn4j.samediff.ActivationMaps;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Fills reports from what the commands have. */
final class Reports {
    /** Name of the page. */
    static final String HTML = "report.html";

    private static final int QUERIES = 6;
    private static final int RESAMPLES = 1000;
    private static final double CONFIDENCE = 0.95;
    private static final int MOST_CAMERAS = 12;
    private static final int SUM_DIGITS = 16;

    private Reports() {}

    /**
     * Adds intervals, and the table of cameras where there are few enough to read it.
     *
     * @param evaluation that the report is about
     */
    static void addFigures(ReportData.Builder report, Evaluation evaluation, TestSet test, Evaluator evaluator) {
        report.intervals(MetricIntervals.of(evaluation, test.query().labels(), RESAMPLES, CONFIDENCE, 0));
        long cameras = IntStream.range(0, test.gallery().labels().size())
                .map(test.gallery().labels()::camid)
                .distinct()
                .limit(MOST_CAMERAS + 1)
                .count();
        if (cameras > 1 && cameras <= MOST_CAMERAS) {
            report.cameras(CameraPairs.of(test.query(), test.gallery(), evaluator));
        }
    }

    /** Adds where a report comes from to its foot: what a reader of it needs to make it again. */
    static void addProvenance(ReportData.Builder report, @Nullable Path model, Map<String, String> facts)
            throws IOException {
        report.provenance(
                "made",
                LocalDateTime.now(ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.MINUTES)
                        .toString());
        report.provenance("by", new VersionProvider().getVersion()[0]);
        facts.forEach(report::provenance);
        if (model != null) {
            HashCode sum = MoreFiles.asByteSource(model).hash(Hashing.sha256());
            report.provenance(
                    "model",
                    FileNames.text(model) + ", SHA-256 " + sum.toString().substring(0, SUM_DIGITS));
        }
    }

    /** Adds the ranked galleries of the best and worst queries. */
    static void addGalleries(ReportData.Builder report, Evaluation evaluation, ReportImages images) {
        report.best(RankedGallery.best(evaluation, images.query(), images.gallery(), QUERIES));
        report.worst(RankedGallery.worst(evaluation, images.query(), images.gallery(), QUERIES));
    }

    /**
     * Adds how far apart pairs are, thresholds, and the map. Where there is too little to compare the report says so
     * instead.
     *
     * @param verifier how to make the thresholds, and the metric of all
     * @param verification if it has been made already
     */
    static void addFeatures(
            ReportData.Builder report, TestSet test, Verifier verifier, @Nullable Verification verification) {
        DistanceMetric metric = verifier.metric();
        try {
            report.pairs(PairDistances.of(test.query(), test.gallery(), metric));
            report.verification(verification != null ? verification : verifier.verify(test.query(), test.gallery()));
        } catch (EvaluationException e) {
            report.fact("thresholds", "none: " + e.getMessage());
        }
        try {
            report.map(EmbeddingMap.of(test.query(), test.gallery(), metric));
        } catch (EvaluationException e) {
            report.fact("map", "none: " + e.getMessage());
        }
    }

    /** Adds where the network looks in the best and the worst queries that the report shows. */
    static void addAttention(ReportData.Builder report, Model model, Evaluation evaluation, ReportImages images)
            throws IOException {
        List<RankedGallery> queries =
                new ArrayList<>(RankedGallery.best(evaluation, images.query(), images.gallery(), QUERIES / 2));
        for (RankedGallery worst : RankedGallery.worst(evaluation, images.query(), images.gallery(), QUERIES / 2)) {
            if (queries.stream().noneMatch(best -> best.query().equals(worst.query()))) {
                queries.add(worst);
            }
        }
        List<String> names = model.spec().branches().stream()
                .map(branch -> branch.stripes().isEmpty()
                        ? "global"
                        : "part-" + Joiner.on(", part-").join(branch.stripes()))
                .toList();
        List<Attention> attention = new ArrayList<>();
        try (ActivationMaps maps = ActivationMaps.of(model)) {
            for (RankedGallery gallery : queries) {
                List<ActivationMap> found =
                        maps.compute(ImageDecoder.decode(gallery.query().file()));
                List<Attention.Layer> layers = new ArrayList<>();
                for (int b = 0; b < names.size(); b++) {
                    layers.add(new Attention.Layer(names.get(b), found.get(b)));
                }
                attention.add(new Attention(gallery.query(), layers));
            }
        }
        report.attention(attention);
    }
}
