package io.github.mgn4j.report;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.eval.CameraPairs;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.EvaluationException;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.OcclusionMaps;
import io.github.mgn4j.eval.PairDistances;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Builds a {@link Report} of an evaluation. By itself it shows metrics with intervals, charts, thresholds, cameras, an
 * embedding map and the galleries of the best and the hardest queries; its methods add more. Not thread-safe.
 */
public final class ReportBuilder {
    private static final int QUERIES = 6;
    private static final int MAX_CAMERAS = 12;
    private static final int SUM_DIGITS = 16;

    private final DatasetEvaluation evaluation;
    private final ReportFacts facts;
    private final Map<String, ReidMetrics> others = new LinkedHashMap<>();
    private final Map<String, String> provenance = new LinkedHashMap<>();
    private final List<Attention> attention = new ArrayList<>();
    private String title = "Re-identification";
    private String name;
    private List<LossPoint> loss = List.of();

    ReportBuilder(DatasetEvaluation evaluation) {
        this.evaluation = evaluation;
        facts = new ReportFacts(evaluation);
        name = "plain";
        if (evaluation.reRanked() != null) {
            name = "re-ranked";
            others.put("plain", evaluation.plain().metrics());
        }
        provenance.put(
                "made",
                LocalDateTime.now(ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.MINUTES)
                        .toString());
    }

    /** Sets the title of the page. The default is "Re-identification". */
    @CanIgnoreReturnValue
    public ReportBuilder title(String newTitle) {
        title = newTitle;
        return this;
    }

    /** Sets the name of the evaluation's metrics. The default is "plain" or "re-ranked". */
    @CanIgnoreReturnValue
    public ReportBuilder name(String newName) {
        name = newName;
        return this;
    }

    /**
     * Replaces the statements under the title. By default they name the distance metric, the sizes, the options and the
     * data.
     */
    @CanIgnoreReturnValue
    public ReportBuilder facts(Map<String, String> statements) {
        facts.replace(statements);
        return this;
    }

    /** Adds a statement under the title. */
    @CanIgnoreReturnValue
    public ReportBuilder fact(String statement, String value) {
        facts.put(statement, value);
        return this;
    }

    /**
     * Adds metrics to compare with, such as those of an untrained network, as a column of the table and a curve of the
     * CMC chart.
     */
    @CanIgnoreReturnValue
    public ReportBuilder compare(String otherName, ReidMetrics metrics) {
        others.put(otherName, metrics);
        return this;
    }

    /** Sets the steps of a training run, whose losses are charted. */
    @CanIgnoreReturnValue
    public ReportBuilder loss(List<LossPoint> steps) {
        loss = List.copyOf(steps);
        return this;
    }

    /** Adds a line to the footer that helps to reproduce the report: command, version, seeds. */
    @CanIgnoreReturnValue
    public ReportBuilder provenance(String line, String value) {
        provenance.put(line, value);
        return this;
    }

    /**
     * Adds a model file with its checksum to the footer.
     *
     * @throws IOException if it cannot be read
     */
    @CanIgnoreReturnValue
    public ReportBuilder model(Path file) throws IOException {
        HashCode sum = MoreFiles.asByteSource(file).hash(Hashing.sha256());
        return provenance(
                "model", FileNames.text(file) + ", SHA-256 " + sum.toString().substring(0, SUM_DIGITS));
    }

    /**
     * Computes the activation maps of a few of the best and the hardest queries with a function such as {@code
     * ActivationMaps::compute}, which is not called after this method returns.
     *
     * @throws IOException if one of these images cannot be read
     */
    @CanIgnoreReturnValue
    public ReportBuilder activationMaps(Function<RgbImage, List<ActivationMap>> maps) throws IOException {
        return attention(maps, Attention.Kind.ACTIVATION);
    }

    /**
     * Computes the {@link OcclusionMaps} of a few of the best and the hardest queries, instead of activation maps. They are not
     * used after this method returns.
     *
     * @throws IOException if one of these images cannot be read
     */
    @CanIgnoreReturnValue
    public ReportBuilder occlusionMaps(OcclusionMaps maps) throws IOException {
        return attention(maps::compute, Attention.Kind.OCCLUSION);
    }

    private ReportBuilder attention(Function<RgbImage, List<ActivationMap>> maps, Attention.Kind kind)
            throws IOException {
        List<RankedGallery> queries = new ArrayList<>(best(QUERIES / 2));
        for (RankedGallery worst : worst(QUERIES / 2)) {
            if (queries.stream().noneMatch(best -> best.query().equals(worst.query()))) {
                queries.add(worst);
            }
        }
        attention.clear();
        for (RankedGallery gallery : queries) {
            ReidImage image = gallery.query();
            attention.add(new Attention(image, maps.apply(ImageDecoder.decode(image.path())), kind));
        }
        return this;
    }

    private List<RankedGallery> best(int count) {
        return hasImages()
                ? RankedGallery.best(
                        evaluation.evaluation(),
                        evaluation.features().queryImages(),
                        evaluation.features().galleryImages(),
                        count)
                : List.of();
    }

    private List<RankedGallery> worst(int count) {
        return hasImages()
                ? RankedGallery.worst(
                        evaluation.evaluation(),
                        evaluation.features().queryImages(),
                        evaluation.features().galleryImages(),
                        count)
                : List.of();
    }

    private boolean hasImages() {
        return !evaluation.features().queryImages().isEmpty()
                && !evaluation.features().galleryImages().isEmpty();
    }

    /**
     * Builds the report. If there are too few pairs or images for the thresholds or the map, the report says so in
     * their place.
     */
    public Report build() {
        ReportData.Builder report = ReportData.builder(title)
                .metrics(name, evaluation.metrics())
                .loss(loss)
                .intervals(evaluation.intervals())
                .attention(attention)
                .best(best(QUERIES))
                .worst(worst(QUERIES));
        facts.addTo(report);
        others.forEach(report::metrics);
        provenance.forEach(report::provenance);
        addFeatures(report);
        return new Report(report.build());
    }

    private void addFeatures(ReportData.Builder report) {
        LabelledFeatures query = evaluation.features().query();
        LabelledFeatures gallery = evaluation.features().gallery();
        DistanceMetric metric = evaluation.evaluator().metric();
        long cameras = IntStream.range(0, gallery.labels().size())
                .map(gallery.labels()::camid)
                .distinct()
                .limit(MAX_CAMERAS + 1)
                .count();
        if (cameras > 1 && cameras <= MAX_CAMERAS) {
            report.cameras(CameraPairs.of(query, gallery, evaluation.evaluator()));
        }
        try {
            report.pairs(PairDistances.of(query, gallery, metric));
            report.verification(evaluation.verify());
        } catch (EvaluationException e) {
            report.fact("thresholds", "none: " + e.getMessage());
        }
        try {
            report.map(EmbeddingMap.of(query, gallery, metric));
        } catch (EvaluationException e) {
            report.fact("map", "none: " + e.getMessage());
        }
    }
}
