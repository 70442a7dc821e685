package io.github.mgn4j.study;

import io.github.mgn4j.eval.AttentionShare;
import io.github.mgn4j.eval.ReidMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The results of a study as a table: one line per row and seed as CSV, one line per row with mean and spread over the seeds as
 * Markdown. Immutable.
 *
 * @param rows the rows in their order
 * @param results the results so far
 */
public record StudyTable(List<StudyRow> rows, List<StudyResult> results) {
    /** First line of the CSV table. */
    public static final String HEADER = "row,seed,rank1,mAP,rank1_reranked,mAP_reranked,parameters,macs,seconds";

    /** First line of the CSV table of the branches' attention. */
    public static final String ATTENTION_HEADER = "row,seed,branch,on_person,area,images";

    private static final String ON_PERSON = "On the person";

    private static final List<String> COLUMNS = List.of(
            "Row",
            "Rank-1",
            "mAP",
            "Rank-1, re-ranked",
            "mAP, re-ranked",
            "Article: rank-1 / mAP",
            "Article, re-ranked",
            "Parameters",
            "GMAC",
            "Training");

    private static final String NONE = "–";

    public StudyTable {
        rows = List.copyOf(rows);
        results = List.copyOf(results);
    }

    /** Returns the results of a row in the order of the seeds. */
    public List<StudyResult> of(StudyRow row) {
        return results.stream().filter(r -> r.row().equals(row.name())).toList();
    }

    /**
     * Returns the table as CSV, metrics as fractions. The metrics of a training that diverged are {@code diverged}.
     */
    public String csv() {
        StringBuilder csv = new StringBuilder(HEADER).append('\n');
        for (StudyRow row : rows) {
            for (StudyResult result : of(row)) {
                csv.append(quoted(result.row())).append(',').append(result.seed());
                csv.append(csv(result.plain())).append(csv(result.reRanked()));
                csv.append(String.format(
                        Locale.ROOT, ",%d,%d,%.1f\n", result.parameters(), result.macs(), result.seconds()));
            }
        }
        return csv.toString();
    }

    /** Returns whether a result has the attention of its branches, since the data have masks. */
    boolean hasAttention() {
        return results.stream().anyMatch(result -> !result.attention().isEmpty());
    }

    /**
     * Returns the attention of the branches as CSV: shares as fractions, empty for a branch that depends on nothing; the header alone
     * if the data have no masks.
     */
    public String attentionCsv() {
        StringBuilder csv = new StringBuilder(ATTENTION_HEADER).append('\n');
        for (StudyRow row : rows) {
            for (StudyResult result : of(row)) {
                for (AttentionShare share : result.attention()) {
                    csv.append(quoted(result.row())).append(',').append(result.seed());
                    csv.append(',').append(quoted(share.branch()));
                    csv.append(share.images() > 0 ? "," + share.onPerson() + "," + share.area() : ",,");
                    csv.append(',').append(share.images()).append('\n');
                }
            }
        }
        return csv.toString();
    }

    private static String csv(@Nullable ReidMetrics metrics) {
        return metrics == null ? ",diverged,diverged" : "," + metrics.rank1() + "," + metrics.mAP();
    }

    private static String quoted(String text) {
        return text.matches("[^\",\\r\\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }

    /** Returns the table as Markdown, metrics in percent: the mean over the seeds and the sample's standard deviation. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| ").append(String.join(" | ", columns())).append(" |\n|---|");
        text.append("---:|".repeat(columns().size() - 1)).append('\n');
        for (List<String> cells : cells()) {
            text.append("| ")
                    .append(String.join(" | ", cells).replace("\n", " "))
                    .append(" |\n");
        }
        return text.toString();
    }

    /** Returns the names of the columns. */
    List<String> columns() {
        List<String> columns = new ArrayList<>(COLUMNS);
        if (hasAttention()) {
            columns.add(ON_PERSON);
        }
        return columns;
    }

    /** Returns the cells of each row under {@link #columns()}. */
    List<List<String>> cells() {
        List<List<String>> table = new ArrayList<>();
        for (StudyRow row : rows) {
            List<StudyResult> all = of(row);
            PublishedFigures article = row.published();
            List<String> cells = new ArrayList<>();
            cells.add(row.name().replace("|", "\\|"));
            cells.add(cell(all, StudyResult::plain, ReidMetrics::rank1));
            cells.add(cell(all, StudyResult::plain, ReidMetrics::mAP));
            cells.add(cell(all, StudyResult::reRanked, ReidMetrics::rank1));
            cells.add(cell(all, StudyResult::reRanked, ReidMetrics::mAP));
            cells.add(published(article.rank1(), article.mAP()));
            cells.add(published(article.rank1ReRanked(), article.mAPReRanked()));
            cells.add(String.format(Locale.ROOT, "%.2f M", row.parameters() / 1e6));
            cells.add(String.format(Locale.ROOT, "%.3f", row.macs() / 1e9));
            cells.add(
                    all.isEmpty()
                            ? NONE
                            : time(all.stream()
                                    .mapToDouble(StudyResult::seconds)
                                    .average()
                                    .orElse(0)));
            if (hasAttention()) {
                cells.add(attention(all));
            }
            table.add(cells);
        }
        return table;
    }

    private static String cell(
            List<StudyResult> all,
            Function<StudyResult, @Nullable ReidMetrics> metrics,
            ToDoubleFunction<ReidMetrics> value) {
        if (all.isEmpty()) {
            return NONE;
        }
        double[] values = all.stream()
                .map(metrics)
                .filter(Objects::nonNull)
                .mapToDouble(value)
                .toArray();
        int diverged = all.size() - values.length;
        if (values.length == 0) {
            return "diverged (" + all.get(0).diverged() + ")";
        }
        return percent(values) + (diverged == 0 ? "" : " (%d of %d seeds diverged)".formatted(diverged, all.size()));
    }

    /** Returns the mean and spread of each branch, such as "global 61.2 ± 0.8, part-2 60.1 ± 0.5". */
    private static String attention(List<StudyResult> all) {
        List<StudyResult> known =
                all.stream().filter(result -> !result.attention().isEmpty()).toList();
        List<String> branches = new ArrayList<>();
        for (int b = 0; !known.isEmpty() && b < known.get(0).attention().size(); b++) {
            int branch = b;
            double[] values = known.stream()
                    .mapToDouble(result -> result.attention().get(branch).onPerson())
                    .filter(share -> !Double.isNaN(share)) // it depends on nothing
                    .toArray();
            branches.add(
                    known.get(0).attention().get(b).branch() + " " + (values.length == 0 ? NONE : percent(values)));
        }
        return branches.isEmpty() ? NONE : String.join(", ", branches);
    }

    private static String percent(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        if (values.length == 1) {
            return String.format(Locale.ROOT, "%.1f", 100 * mean);
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return String.format(Locale.ROOT, "%.1f ± %.1f", 100 * mean, 100 * Math.sqrt(squares / (values.length - 1)));
    }

    private static String published(@Nullable Double rank1, @Nullable Double mAP) {
        return rank1 == null && mAP == null ? NONE : published(rank1) + " / " + published(mAP);
    }

    private static String published(@Nullable Double value) {
        return value == null ? NONE : String.format(Locale.ROOT, "%.1f", 100 * value);
    }

    private static String time(double seconds) {
        return seconds < 60
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : seconds < 3600
                        ? String.format(Locale.ROOT, "%.1f min", seconds / 60)
                        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }
}
