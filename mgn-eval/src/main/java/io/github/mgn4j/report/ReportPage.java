package io.github.mgn4j.report;

import io.github.mgn4j.eval.Interval;
import io.github.mgn4j.eval.MetricIntervals;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.eval.Verification;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.report.ReportData.Fact;
import io.github.mgn4j.report.ReportData.NamedMetrics;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The self-contained page of a report, pictures included. */
final class ReportPage {
    private record Row(String name, String meaning, ToDoubleFunction<ReidMetrics> value) {}

    private static final List<Row> ROWS = List.of(
            new Row("Rank-1", "the nearest image is a match", ReidMetrics::rank1),
            new Row("Rank-5", "a match among the nearest 5", ReidMetrics::rank5),
            new Row("Rank-10", "a match among the nearest 10", ReidMetrics::rank10),
            new Row("Rank-20", "a match among the nearest 20", ReidMetrics::rank20),
            new Row("mAP", "mean average precision", ReidMetrics::mAP),
            new Row("mAP, trapezoid", "as the Market-1501 Matlab code computes it", ReidMetrics::mAPTrapezoid),
            new Row("mINP", "how early the last match comes", ReidMetrics::mINP));

    /** Title of the chart that the table of thresholds belongs to. */
    static final String ROC = "Same person or not";

    private final ReportData data;
    private final Map<String, String> charts;
    private final Map<ReidImage, String> thumbnails;
    private final AttentionSection attention;
    private final StringBuilder page = new StringBuilder();

    /**
     * Creates a page.
     *
     * @param charts SVG elements by title, in order
     * @param thumbnails data URIs; an image without one gets an empty frame
     */
    ReportPage(
            ReportData data,
            Map<String, String> charts,
            Map<ReidImage, String> thumbnails,
            AttentionSection attention) {
        this.data = data;
        this.charts = charts;
        this.thumbnails = thumbnails;
        this.attention = attention;
    }

    String write(String style) throws IOException {
        head(page, data.title(), style);
        writeHead();
        if (!data.metrics().isEmpty()) {
            writeTiles();
        }
        page.append("<div class=\"cards\">\n");
        if (!data.metrics().isEmpty()) {
            writeTable();
        }
        charts.forEach((title, svg) -> {
            page.append("<section class=\"card chart\">\n<h2>")
                    .append(Html.escape(title))
                    .append("</h2>\n");
            page.append(svg).append("</section>\n");
            if (title.equals(ROC) && data.verification() != null) {
                writeVerification(data.verification());
            }
        });
        page.append("</div>\n");
        if (data.cameras() != null) {
            CameraSection.write(data.cameras(), page);
        }
        if (data.map() != null) {
            writeMap(data.map());
        }
        attention.write(page);
        GallerySection galleries = new GallerySection(page, thumbnails);
        galleries.write("Best queries", data.best());
        galleries.write("Hardest queries", data.worst());
        if (!data.provenance().isEmpty()) {
            page.append("<footer>\n");
            writeFacts(data.provenance());
            page.append("</footer>\n");
        }
        return page.append("</main>\n</body>\n</html>\n").toString();
    }

    private void writeHead() {
        page.append("<header>\n<h1>").append(Html.escape(data.title())).append("</h1>\n");
        if (!data.facts().isEmpty()) {
            writeFacts(data.facts());
        }
        page.append("</header>\n");
        new VerdictText(data).write(page);
    }

    private void writeFacts(List<Fact> facts) {
        Map<String, String> all = new LinkedHashMap<>();
        facts.forEach(fact -> all.put(fact.name(), fact.value()));
        facts(page, all);
    }

    /** Writes what precedes the content of a page. */
    static void head(StringBuilder page, String title, String style) {
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        page.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
        page.append(Html.escape(title)).append("</title>\n<style>\n").append(style);
        page.append("</style>\n</head>\n<body>\n<main>\n");
    }

    /** Writes statements. */
    static void facts(StringBuilder page, Map<String, String> facts) {
        page.append("<dl class=\"facts\">\n");
        facts.forEach((name, value) -> {
            page.append("<div><dt>").append(Html.escape(name)).append("</dt><dd>");
            page.append(Html.escape(value)).append("</dd></div>\n");
        });
        page.append("</dl>\n");
    }

    private void writeTiles() {
        NamedMetrics main = data.metrics().get(0);
        page.append("<div class=\"tiles\">\n");
        for (Row row : ROWS) {
            if (row.name().equals("Rank-1")
                    || row.name().equals("mAP")
                    || row.name().equals("mINP")) {
                page.append("<div class=\"tile\"><span class=\"name\">").append(row.name());
                page.append("</span><span class=\"value\">").append(percent(row.value(), main.metrics()));
                page.append("</span><span class=\"note\">");
                Interval interval = interval(row.name());
                if (interval != null) {
                    page.append(
                            String.format(Locale.ROOT, "%.1f to %.1f%%", 100 * interval.low(), 100 * interval.high()));
                } else if (data.metrics().size() > 1) {
                    NamedMetrics other = data.metrics().get(1);
                    page.append(Html.escape(other.name())).append(' ').append(percent(row.value(), other.metrics()));
                } else {
                    page.append(row.meaning());
                }
                page.append("</span></div>\n");
            }
        }
        page.append("<div class=\"tile\"><span class=\"name\">Queries</span><span class=\"value\">");
        page.append(String.format(Locale.ROOT, "%,d", main.metrics().queries()));
        page.append("</span><span class=\"note\">");
        int without = main.metrics().queriesWithoutMatch();
        page.append(
                without == 0 ? "all have a match" : String.format(Locale.ROOT, "%,d more without a match", without));
        page.append("</span></div>\n</div>\n");
    }

    private @Nullable Interval interval(String metric) {
        MetricIntervals intervals = data.intervals();
        return intervals == null
                ? null
                : metric.equals("Rank-1") ? intervals.rank1() : metric.equals("mAP") ? intervals.mAP() : null;
    }

    private void writeTable() {
        page.append("<section class=\"card\">\n<h2>Metrics</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th></th>");
        for (NamedMetrics named : data.metrics()) {
            page.append("<th>").append(Html.escape(named.name())).append("</th>");
        }
        page.append("</tr></thead>\n<tbody>\n");
        for (Row row : ROWS) {
            page.append("<tr><th>").append(row.name()).append(" <small>").append(row.meaning());
            page.append("</small></th>");
            for (NamedMetrics named : data.metrics()) {
                page.append("<td>")
                        .append(percent(row.value(), named.metrics()))
                        .append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</tbody>\n</table></div>\n</section>\n");
    }

    private void writeVerification(Verification verification) {
        page.append(
                "<section class=\"card\">\n<h2>Thresholds</h2>\n<p class=\"note\">Two images are taken for the same ");
        page.append("person when their distance is not above the threshold. ");
        page.append(String.format(
                Locale.ROOT,
                "Over %,d pairs of one person and %,d of two; intervals: %s bootstrap over people.</p>\n",
                verification.samePairs(),
                verification.differentPairs(),
                Html.percent(verification.confidence())));
        page.append("<div class=\"scroll\"><table>\n<thead><tr><th>False accepts</th><th>True accepts</th>");
        page.append("<th>Interval</th><th>Threshold</th></tr></thead>\n<tbody>\n");
        for (Verification.Point point : verification.points()) {
            page.append("<tr><th>").append(Html.percent(point.target())).append("</th>");
            if (point.threshold() < 0) {
                page.append("<td colspan=\"3\">none: too few pairs of different people, or too near</td>");
            } else {
                page.append(String.format(
                        Locale.ROOT,
                        "<td>%.1f%%</td><td>%.1f to %.1f%%</td><td>%.4g</td>",
                        100 * point.trueAccept(),
                        100 * point.low(),
                        100 * point.high(),
                        point.threshold()));
            }
            page.append("</tr>\n");
        }
        page.append("</tbody>\n</table></div>\n</section>\n");
    }

    private void writeMap(EmbeddingMap map) {
        page.append("<section class=\"card map\">\n<h2>Embedding map</h2>\n<p class=\"note\">");
        page.append(String.format(
                Locale.ROOT,
                "t-SNE of %,d of %,d images, perplexity 30. Numbers and colours: %d people, evenly chosen; rings are"
                        + " queries, dots gallery images. Grey: everybody else. Only who is near whom means"
                        + " something, not how large groups are or how far apart.</p>\n",
                map.points().size(),
                map.images(),
                map.people().size()));
        page.append(new MapPicture(map).toSvg()).append("</section>\n");
    }

    private static String percent(ToDoubleFunction<ReidMetrics> value, ReidMetrics metrics) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * value.applyAsDouble(metrics));
    }
}
