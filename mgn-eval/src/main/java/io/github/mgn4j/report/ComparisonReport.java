package io.github.mgn4j.report;

import com.google.common.io.Resources;
import io.github.mgn4j.eval.QueryResult;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ReidImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A self-contained page that compares several networks: a table, their CMC curves and losses, the ranked galleries of the same
 * queries under each network, and activation maps of the same images. What a network lacks is left out. Not thread-safe.
 */
public final class ComparisonReport {
    private static final int THUMB_WIDTH = 64;
    private static final int THUMB_HEIGHT = 128;

    private final String title;
    private final Map<String, String> facts;
    private final List<String> columns;
    private final List<List<String>> cells;
    private final List<ReportData.NamedMetrics> metrics = new ArrayList<>();
    private final Map<String, List<LossPoint>> losses = new LinkedHashMap<>();
    private final Map<ReidImage, Map<String, RankedGallery>> galleries = new LinkedHashMap<>();
    private final Map<ReidImage, List<Attention>> attention = new LinkedHashMap<>();

    /**
     * Creates a page without charts and pictures.
     *
     * @param facts statements under the title
     * @param columns headings of the table
     * @param cells rows of the table, a cell for each column
     */
    public ComparisonReport(String title, Map<String, String> facts, List<String> columns, List<List<String>> cells) {
        this.title = title;
        this.facts = new LinkedHashMap<>(facts);
        this.columns = List.copyOf(columns);
        this.cells = List.copyOf(cells);
    }

    /** Adds a network's CMC curve. */
    public void metrics(String network, ReidMetrics values) {
        metrics.add(new ReportData.NamedMetrics(network, values));
    }

    /** Adds the losses of a network's training. */
    public void loss(String network, List<LossPoint> steps) {
        if (!steps.isEmpty()) {
            losses.put(network, List.copyOf(steps));
        }
    }

    /**
     * Adds a network's ranked lists.
     *
     * @param lists results of the queries to show
     * @param queries image of each query
     * @param gallery image of each gallery entry
     */
    public void galleries(String network, List<QueryResult> lists, List<ReidImage> queries, List<ReidImage> gallery) {
        for (QueryResult list : lists) {
            galleries
                    .computeIfAbsent(queries.get(list.query()), image -> new LinkedHashMap<>())
                    .put(network, RankedGallery.of(list, queries, gallery));
        }
    }

    /** Adds the occlusion maps of a network's branches for an image. */
    public void attention(String network, ReidImage image, List<ActivationMap> maps) {
        List<ActivationMap> named = new ArrayList<>();
        for (ActivationMap map : maps) {
            float[] values = map.resized(map.height(), map.width());
            named.add(ActivationMap.of(network + ", " + map.branch(), map.height(), map.width(), values));
        }
        attention
                .computeIfAbsent(image, i -> new ArrayList<>())
                .add(new Attention(image, named, Attention.Kind.OCCLUSION));
    }

    /**
     * Returns the page. Images that cannot be read are shown as empty frames.
     *
     * @throws IOException if a picture cannot be encoded
     */
    public String page() throws IOException {
        StringBuilder page = new StringBuilder();
        String style =
                Resources.toString(Resources.getResource(ReportWriter.class, "report.css"), StandardCharsets.UTF_8);
        ReportPage.head(page, title, style);
        page.append("<header>\n<h1>").append(Html.escape(title)).append("</h1>\n</header>\n");
        ReportPage.facts(page, facts);
        table(page);
        page.append("<div class=\"cards\">\n");
        if (!metrics.isEmpty()) {
            chart(page, "Cumulative matching", Charts.cmc(metrics));
        }
        if (!losses.isEmpty()) {
            chart(page, "Training loss", Charts.losses(losses));
        }
        page.append("</div>\n");
        GallerySection section = new GallerySection(page, thumbnails());
        for (Map.Entry<ReidImage, Map<String, RankedGallery>> query : galleries.entrySet()) {
            section.write("Nearest images of person " + query.getKey().pid(), query.getValue());
        }
        List<Attention> looks = new ArrayList<>();
        attention.values().forEach(looks::addAll);
        AttentionSection.of(looks).write(page);
        return page.append("</main>\n</body>\n</html>\n").toString();
    }

    private void table(StringBuilder page) {
        page.append("<section class=\"card\">\n<h2>Results</h2>\n<div class=\"scroll\"><table>\n<thead><tr>");
        columns.forEach(name -> page.append("<th>").append(Html.escape(name)).append("</th>"));
        page.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : cells) {
            page.append("<tr><th>").append(Html.escape(row.get(0))).append("</th>");
            row.stream()
                    .skip(1)
                    .forEach(cell ->
                            page.append("<td>").append(Html.escape(cell)).append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</tbody>\n</table></div>\n</section>\n");
    }

    private static void chart(StringBuilder page, String name, Chart chart) {
        page.append("<section class=\"card chart\">\n<h2>").append(name).append("</h2>\n");
        page.append(chart.toSvg()).append("</section>\n");
    }

    private Map<ReidImage, String> thumbnails() throws IOException {
        Map<ReidImage, String> uris = new HashMap<>();
        for (Map<String, RankedGallery> lists : galleries.values()) {
            for (RankedGallery list : lists.values()) {
                for (ReidImage image : list.images().toList()) {
                    BufferedImage picture = uris.containsKey(image)
                            ? null
                            : Pictures.thumbnail(image.path(), THUMB_WIDTH, THUMB_HEIGHT);
                    if (picture != null) {
                        uris.put(image, Html.dataUri(Pictures.jpeg(picture)));
                    }
                }
            }
        }
        return uris;
    }
}
