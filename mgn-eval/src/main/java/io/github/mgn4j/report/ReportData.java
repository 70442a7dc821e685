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
 * What a report shows; a part without data is left out. Immutable.
 *
 * @param facts short statements under the title: model, data set, settings
 * @param metrics the evaluation, and after it what it is compared with
 * @param loss the steps of a training run
 * @param pairs how distances are distributed
 * @param verification how well one distance tells whether two images are of one person; of its thresholds, the one at
 *     1% false accepts is drawn into the distribution of distances
 * @param intervals of the first of the metrics
 * @param cameras how well people are found from one camera in another
 * @param map features laid out in a plane
 * @param attention where in some images the network looks
 * @param provenance what the report was made of and by, at its foot
 */
public record ReportData(
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

    public ReportData {
        facts = List.copyOf(facts);
        metrics = List.copyOf(metrics);
        loss = List.copyOf(loss);
        attention = List.copyOf(attention);
        best = List.copyOf(best);
        worst = List.copyOf(worst);
        provenance = List.copyOf(provenance);
    }

    /** The threshold to draw: the one that lets as many pairs of different people pass as most uses can bear. */
    Verification.@Nullable Point chosen() {
        return verification == null
                ? null
                : verification.points().stream()
                        .filter(point -> point.target() == CHOSEN_RATE)
                        .findFirst()
                        .orElse(null);
    }

    /** A name and its value. */
    public record Fact(String name, String value) {}

    /** ReidMetrics and what they are of: "trained", "untrained", "re-ranked". */
    public record NamedMetrics(String name, ReidMetrics metrics) {}

    public static Builder builder(String title) {
        return new Builder(title);
    }

    /** Collects the parts in any order. Not thread-safe. */
    public static final class Builder {
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

        public Builder fact(String name, String value) {
            facts.add(new Fact(name, value));
            return this;
        }

        /** Adds a column to the table and a line to the curve; the first is the one the report is about. */
        public Builder metrics(String name, ReidMetrics values) {
            metrics.add(new NamedMetrics(name, values));
            return this;
        }

        public Builder loss(List<LossPoint> points) {
            loss = points;
            return this;
        }

        public Builder pairs(PairDistances distances) {
            pairs = distances;
            return this;
        }

        public Builder verification(Verification rates) {
            verification = rates;
            return this;
        }

        public Builder intervals(MetricIntervals values) {
            intervals = values;
            return this;
        }

        public Builder cameras(CameraPairs pairs) {
            cameras = pairs;
            return this;
        }

        /** Adds a line to the foot: date, version, command, checksum of the model. */
        public Builder provenance(String name, String value) {
            provenance.add(new Fact(name, value));
            return this;
        }

        public Builder map(EmbeddingMap features) {
            map = features;
            return this;
        }

        public Builder attention(List<Attention> images) {
            attention = images;
            return this;
        }

        public Builder best(List<RankedGallery> galleries) {
            best = galleries;
            return this;
        }

        public Builder worst(List<RankedGallery> galleries) {
            worst = galleries;
            return this;
        }

        public ReportData build() {
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
