package io.github.mgn4j.report;

import io.github.mgn4j.eval.Metrics;
import io.github.mgn4j.eval.PairDistances;
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
 */
public record ReportData(
        String title,
        List<Fact> facts,
        List<NamedMetrics> metrics,
        List<LossPoint> loss,
        @Nullable PairDistances pairs,
        List<RankedGallery> best,
        List<RankedGallery> worst) {
    public ReportData {
        facts = List.copyOf(facts);
        metrics = List.copyOf(metrics);
        loss = List.copyOf(loss);
        best = List.copyOf(best);
        worst = List.copyOf(worst);
    }

    /** A name and its value. */
    public record Fact(String name, String value) {}

    /** Metrics and what they are of: "trained", "untrained", "re-ranked". */
    public record NamedMetrics(String name, Metrics metrics) {}

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
        public Builder metrics(String name, Metrics values) {
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

        public Builder best(List<RankedGallery> galleries) {
            best = galleries;
            return this;
        }

        public Builder worst(List<RankedGallery> galleries) {
            worst = galleries;
            return this;
        }

        public ReportData build() {
            return new ReportData(title, facts, metrics, loss, pairs, best, worst);
        }
    }
}
