package io.github.mgn4j.report;

import io.github.mgn4j.eval.CameraPairs;
import io.github.mgn4j.eval.MetricIntervals;
import io.github.mgn4j.eval.PairDistances;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.eval.Verification;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a report; a part without data is left out. Immutable.
 *
 * @param facts short statements under the title: model, data set, settings
 * @param metrics metrics of the evaluation, followed by those it is compared with
 * @param loss steps of a training run
 * @param pairs distributions of distances
 * @param verification same-person verification; its threshold at 1% false accepts is drawn into the distributions of
 *     distances
 * @param intervals intervals of the first of the metrics
 * @param cameras metrics by pair of cameras
 * @param map features laid out in a plane
 * @param attention activation maps of some images
 * @param provenance how the report was made, in the footer
 */
record ReportData(
        String title,
        List<Fact> facts,
        List<NamedMetrics> metrics,
        List<LossPoint> loss,
        @Nullable PairDistances pairs,
        @Nullable Verification verification,
        @Nullable MetricIntervals intervals,
        @Nullable CameraPairs cameras,
        @Nullable EmbeddingMap map,
        List<Attention> attention,
        List<RankedGallery> best,
        List<RankedGallery> worst,
        List<Fact> provenance) {
    private static final double CHOSEN_RATE = 0.01;

    ReportData {
        facts = List.copyOf(facts);
        metrics = List.copyOf(metrics);
        loss = List.copyOf(loss);
        attention = List.copyOf(attention);
        best = List.copyOf(best);
        worst = List.copyOf(worst);
        provenance = List.copyOf(provenance);
    }

    /** Returns the operating point to draw: the one whose false accept rate most uses can tolerate. */
    Verification.@Nullable Point chosen() {
        return verification == null
                ? null
                : verification.points().stream()
                        .filter(point -> point.target() == CHOSEN_RATE)
                        .findFirst()
                        .orElse(null);
    }

    /** A name and its value. */
    record Fact(String name, String value) {}

    /** Metrics and their name: "trained", "untrained", "re-ranked". */
    record NamedMetrics(String name, ReidMetrics metrics) {}

    static Builder builder(String title) {
        return new Builder(title);
    }

    /** Builds report data. Not thread-safe. */
    static final class Builder {
        private final String title;
        private final List<Fact> facts = new ArrayList<>();
        private final List<NamedMetrics> metrics = new ArrayList<>();
        private List<LossPoint> loss = List.of();
        private @Nullable PairDistances pairs;
        private @Nullable Verification verification;
        private @Nullable MetricIntervals intervals;
        private @Nullable CameraPairs cameras;
        private @Nullable EmbeddingMap map;
        private final List<Fact> provenance = new ArrayList<>();
        private List<Attention> attention = List.of();
        private List<RankedGallery> best = List.of();
        private List<RankedGallery> worst = List.of();

        private Builder(String title) {
            this.title = title;
        }

        Builder fact(String name, String value) {
            facts.add(new Fact(name, value));
            return this;
        }

        /** Adds a column to the table and a curve to the CMC chart. The report is about the first one added. */
        Builder metrics(String name, ReidMetrics values) {
            metrics.add(new NamedMetrics(name, values));
            return this;
        }

        Builder loss(List<LossPoint> points) {
            loss = points;
            return this;
        }

        Builder pairs(PairDistances distances) {
            pairs = distances;
            return this;
        }

        Builder verification(Verification rates) {
            verification = rates;
            return this;
        }

        Builder intervals(MetricIntervals values) {
            intervals = values;
            return this;
        }

        Builder cameras(CameraPairs pairs) {
            cameras = pairs;
            return this;
        }

        /** Adds a line to the footer: date, version, command, checksum of the model. */
        Builder provenance(String name, String value) {
            provenance.add(new Fact(name, value));
            return this;
        }

        Builder map(EmbeddingMap features) {
            map = features;
            return this;
        }

        Builder attention(List<Attention> images) {
            attention = images;
            return this;
        }

        Builder best(List<RankedGallery> galleries) {
            best = galleries;
            return this;
        }

        Builder worst(List<RankedGallery> galleries) {
            worst = galleries;
            return this;
        }

        ReportData build() {
            return new ReportData(
                    title,
                    facts,
                    metrics,
                    loss,
                    pairs,
                    verification,
                    intervals,
                    cameras,
                    map,
                    attention,
                    best,
                    worst,
                    provenance);
        }
    }
}
