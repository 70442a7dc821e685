package io.github.mgn4j.report;

import io.github.mgn4j.eval.PairDistances;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.eval.Verification;
import io.github.mgn4j.report.Chart.Series;
import io.github.mgn4j.report.ReportData.NamedMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The charts of a report. */
final class Charts {
    /** As high as the table of metrics beside it. */
    private static final int CMC_HEIGHT = 420;

    /** Curves of more points are averaged, because more could not be told apart. */
    private static final int MAX_POINTS = 200;

    /** Range of false accept rates of the ROC curve. */
    private static final double LEAST_RATE = 1e-4;

    private static final double LARGEST_RATE = 0.1;

    private Charts() {}

    static Chart cmc(List<NamedMetrics> all) {
        double lowest = 1;
        int ranks = 1;
        List<Series> series = new ArrayList<>();
        for (NamedMetrics named : all) {
            ReidMetrics metrics = named.metrics();
            lowest = Math.min(lowest, metrics.rank1());
            ranks = Math.max(ranks, metrics.cmc().size());
            List<Double> points = new ArrayList<>();
            for (int k = 1; k <= metrics.cmc().size(); k++) {
                points.add((double) k);
                points.add(metrics.rank(k));
            }
            series.add(new Series(named.name(), points, false));
        }
        // If every curve is high, only a zoomed axis shows the shapes.
        double from = lowest < 0.5 ? 0 : Math.floor(Math.min(lowest, 0.99) * 10 - 1e-9) / 10;
        String description = String.format(
                Locale.ROOT,
                "Cumulative matching characteristic: %.1f%% at rank 1, %.1f%% at rank 10",
                100 * all.get(0).metrics().rank1(),
                100 * all.get(0).metrics().rank10());
        return new Chart(
                description,
                new Axis("rank", 1, ranks, false),
                new Axis("queries matched", from, 1, true),
                series,
                List.of(),
                CMC_HEIGHT);
    }

    static Chart loss(List<LossPoint> points) {
        List<Series> series = Stream.of(
                        lossSeries("loss", points, LossPoint::loss),
                        lossSeries("softmax", points, LossPoint::softmax),
                        lossSeries("triplet", points, LossPoint::triplet))
                .filter(one -> !one.points().isEmpty())
                .toList();
        double max = 0;
        for (Series one : series) {
            for (int i = 1; i < one.points().size(); i += 2) {
                max = Math.max(max, one.points().get(i));
            }
        }
        LossPoint last = points.get(points.size() - 1);
        return new Chart(
                String.format(Locale.ROOT, "Training loss, %.3f after %d iterations", last.loss(), last.iteration()),
                new Axis("iteration", points.get(0).iteration(), last.iteration(), false),
                new Axis("", 0, max * 1.05, false),
                series);
    }

    /** Returns the chart of the whole loss of several trainings. */
    static Chart losses(Map<String, List<LossPoint>> trainings) {
        List<Series> series = new ArrayList<>();
        double max = 0;
        int last = 1;
        for (Map.Entry<String, List<LossPoint>> training : trainings.entrySet()) {
            Series one = lossSeries(training.getKey(), training.getValue(), LossPoint::loss);
            if (!one.points().isEmpty()) {
                series.add(one);
                max = Math.max(max, one.points().get(1)); // a loss that rises above its beginning leaves the chart
                last = Math.max(last, one.points().get(one.points().size() - 2).intValue());
            }
        }
        return new Chart(
                "Training loss of " + String.join(", ", trainings.keySet()),
                new Axis("iteration", 1, last, false),
                new Axis("loss", 0, max * 1.05, false),
                series,
                List.of(),
                CMC_HEIGHT);
    }

    private static Series lossSeries(String name, List<LossPoint> points, ToDoubleFunction<LossPoint> value) {
        int bucket = (points.size() + MAX_POINTS - 1) / MAX_POINTS;
        List<Double> means = new ArrayList<>();
        for (int from = 0; from < points.size(); from += bucket) {
            List<LossPoint> part = points.subList(from, Math.min(points.size(), from + bucket));
            double mean = part.stream().mapToDouble(value).average().orElse(0);
            if (Double.isFinite(mean)) {
                means.add(part.stream().mapToInt(LossPoint::iteration).average().orElse(0));
                means.add(mean);
            }
        }
        return new Series(name, means, false);
    }

    /**
     * Returns the chart of true accept rates at false accept rates of 0.01% to 10%, with intervals if there are any.
     */
    static Chart roc(Verification verification) {
        List<Chart.Mark> marks = new ArrayList<>();
        for (Verification.Point point : verification.points()) {
            marks.add(new Chart.Interval(point.target(), point.low(), point.trueAccept(), point.high()));
        }
        Verification.Point last = verification.points().get(0);
        return new Chart(
                String.format(
                        Locale.ROOT,
                        "ROC curve: %.1f%% of the pairs of one person accepted at a false accept rate of %s",
                        100 * last.trueAccept(),
                        Html.percent(last.target())),
                new Axis("false accept rate", LEAST_RATE, LARGEST_RATE, true, true),
                new Axis("", 0, 1, true),
                List.of(new Series("true accept rate", rocPoints(verification.curve()), false)),
                marks);
    }

    /** Returns the curve as a step function: at each false accept rate, the largest threshold that keeps to it. */
    private static List<Double> rocPoints(List<Verification.Step> curve) {
        double rate = 0;
        for (Verification.Step step : curve) {
            rate = step.falseAccept() <= LEAST_RATE ? step.trueAccept() : rate;
        }
        List<Double> points = new ArrayList<>(List.of(LEAST_RATE, rate));
        for (Verification.Step step : curve) {
            if (step.falseAccept() > LEAST_RATE && step.falseAccept() <= LARGEST_RATE) {
                points.addAll(List.of(step.falseAccept(), rate, step.falseAccept(), step.trueAccept()));
                rate = step.trueAccept();
            }
        }
        points.addAll(List.of(LARGEST_RATE, rate));
        return points;
    }

    /**
     * Returns the chart of distance distributions.
     *
     * @param chosen operating point whose threshold is drawn; null for none
     */
    static Chart pairs(PairDistances pairs, Verification.@Nullable Point chosen) {
        double max = 0;
        for (int b = 0; b < pairs.same().size(); b++) {
            max = Math.max(max, Math.max(pairs.same().get(b), pairs.different().get(b)));
        }
        return new Chart(
                String.format(
                        Locale.ROOT,
                        "Distances of %,d pairs of the same person and %,d pairs of different people",
                        pairs.samePairs(),
                        pairs.differentPairs()),
                new Axis("distance", pairs.from(), pairs.to(), false),
                new Axis("pairs", 0, max * 1.05, true),
                List.of(
                        new Series("same person", outline(pairs, pairs.same()), true),
                        new Series("different people", outline(pairs, pairs.different()), true)),
                chosen == null || chosen.threshold() < 0
                        ? List.of()
                        : List.of(new Chart.Limit(
                                chosen.threshold(),
                                String.format(
                                        Locale.ROOT,
                                        "%.4g: %s false accepts",
                                        chosen.threshold(),
                                        Html.percent(chosen.target())))));
    }

    private static List<Double> outline(PairDistances pairs, List<Double> bins) {
        List<Double> points = new ArrayList<>();
        double width = (pairs.to() - pairs.from()) / bins.size();
        points.addAll(List.of(pairs.from(), 0.0));
        for (int b = 0; b < bins.size(); b++) {
            points.addAll(List.of(pairs.from() + (b + 0.5) * width, bins.get(b)));
        }
        points.addAll(List.of(pairs.to(), 0.0));
        return points;
    }
}
