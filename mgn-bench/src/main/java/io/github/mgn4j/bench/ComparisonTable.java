package io.github.mgn4j.bench;

import io.github.mgn4j.engine.Precision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link EngineComparison} as a Markdown table. Every figure is the median of the rounds, with their
 * range in brackets. A ratio is computed within a round, to the fastest variant of the peer.
 *
 * @param gflop operations per image in 10^9
 * @param rates speed of a large matrix product in each round, in GFLOP/s
 * @param results results by contender, one per round
 */
record ComparisonTable(
        double gflop, List<Map<Precision, Double>> rates, Map<Contender, List<EngineRun.Result>> results) {
    /** The batch size whose time is given per image. */
    static final int LARGE = 16;

    private static final int DIGITS_BELOW = 10;

    String toMarkdown() {
        List<String> lines = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            List<Double> measured = IntStream.range(0, rates.size())
                    .mapToObj(round -> rate(round, precision))
                    .filter(Double::isFinite)
                    .toList();
            if (!measured.isEmpty()) {
                lines.add("Large matrix product in %s: %s GFLOP/s, so that an image takes at least %s ms."
                        .formatted(
                                Workload.name(precision),
                                range(measured),
                                range(measured.stream()
                                        .map(rate -> 1000 * gflop / rate)
                                        .toList())));
            }
        }
        lines.add("");
        lines.add("| engine | batch 16: ms per image | beside ONNX Runtime | beside DJL | of the floor"
                + " | batch 1: ms | beside ONNX Runtime | beside DJL | start s | peak MB | features |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|---|");
        results.forEach((contender, rounds) -> lines.add(row(contender, rounds)));
        lines.add("");
        lines.add(
                "Beside ONNX Runtime: in the same precision. Beside DJL: fp32 beside its fp32, bf16 and int8 beside its bf16.");
        return String.join("\n", lines);
    }

    private String row(Contender contender, List<EngineRun.Result> rounds) {
        String really = rounds.get(0).precision();
        boolean asked = really.equals(Workload.name(contender.precision()));
        List<String> cells = new ArrayList<>();
        cells.add(contender.label() + (asked ? "" : " (in " + really + ")"));
        for (int batch : List.of(LARGE, 1)) {
            cells.add(figure(rounds, result -> millis(result, batch)));
            cells.add(ratio(contender, Contender.ONNX_RUNTIME, contender.precision(), batch));
            Precision djl = contender.precision() == Precision.FP32 ? Precision.FP32 : Precision.BF16;
            cells.add(ratio(contender, Contender.DJL, djl, batch));
            if (batch == LARGE) {
                cells.add(floor(rounds, Workload.precision(really)));
            }
        }
        cells.add(figure(rounds, EngineRun.Result::start));
        cells.add(figure(rounds, result -> result.peak() / 1e6));
        cells.add(rounds.get(0).agreement());
        return "| " + String.join(" | ", cells) + " |";
    }

    /** Returns milliseconds per image. */
    private static double millis(EngineRun.Result result, int batch) {
        return result.millis().getOrDefault(batch, Double.NaN) / batch;
    }

    private String floor(List<EngineRun.Result> rounds, Precision precision) {
        return rates.stream().allMatch(rate -> rate.containsKey(precision))
                ? range(IntStream.range(0, rounds.size())
                        .mapToObj(i -> 1000 * gflop / rate(i, precision) / millis(rounds.get(i), LARGE))
                        .toList())
                : "";
    }

    private double rate(int round, Precision precision) {
        return rates.get(round).getOrDefault(precision, Double.NaN);
    }

    private String ratio(Contender contender, String peer, Precision precision, int batch) {
        List<EngineRun.Result> theirs = fastest(peer, precision, batch);
        List<EngineRun.Result> ours = results.getOrDefault(contender, List.of());
        if (theirs == null) {
            return "";
        }
        return range(IntStream.range(0, ours.size())
                .mapToObj(i -> millis(ours.get(i), batch) / millis(theirs.get(i), batch))
                .toList());
    }

    private @Nullable List<EngineRun.Result> fastest(String peer, Precision precision, int batch) {
        return results.entrySet().stream()
                .filter(e -> e.getKey().engine().equals(peer) && e.getKey().precision() == precision)
                .map(Map.Entry::getValue)
                .min(Comparator.comparingDouble(rounds -> median(
                        rounds.stream().map(result -> millis(result, batch)).toList())))
                .orElse(null);
    }

    private static String figure(List<EngineRun.Result> rounds, ToDoubleFunction<EngineRun.Result> value) {
        return range(rounds.stream().map(value::applyAsDouble).toList());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static String range(List<Double> values) {
        double min = values.stream().min(Comparator.naturalOrder()).orElse(Double.NaN);
        double max = values.stream().max(Comparator.naturalOrder()).orElse(Double.NaN);
        String median = text(median(values));
        return values.size() == 1 ? median : "%s (%s-%s)".formatted(median, text(min), text(max));
    }

    private static String text(double value) {
        return String.format(
                Locale.ROOT, value < DIGITS_BELOW ? "%.2f" : value < 10 * DIGITS_BELOW ? "%.1f" : "%.0f", value);
    }
}
