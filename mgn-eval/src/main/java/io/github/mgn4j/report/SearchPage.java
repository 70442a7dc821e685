package io.github.mgn4j.report;

import com.google.common.io.Resources;
import io.github.mgn4j.internal.io.OutputFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A page of searches: each query with the images found for it, nearest first. It is self-contained and has no scripts. An image
 * that cannot be read has an empty frame.
 */
public final class SearchPage {
    private static final int WIDTH = 128;
    private static final int HEIGHT = 256;

    private final StringBuilder page = new StringBuilder();

    private SearchPage() {}

    /**
     * A query and what was found.
     *
     * @param image the image's file, which need not exist
     * @param name the image's name on the page
     * @param camid the camera; null if unknown
     * @param hits the images found, nearest first
     */
    public record Query(Path image, String name, @Nullable Integer camid, List<Hit> hits) {
        public Query {
            hits = List.copyOf(hits);
        }
    }

    /**
     * An image that was found.
     *
     * @param image the image's file, which need not exist
     * @param name the image's name on the page
     * @param pid the person; null if unknown
     * @param camid the camera; null if unknown
     * @param distance to the query
     * @param same whether it shows the query's person; null if unknown
     */
    public record Hit(
            Path image,
            String name,
            @Nullable Integer pid,
            @Nullable Integer camid,
            double distance,
            @Nullable Boolean same) {}

    /**
     * Writes the page as part of a set of files that is published as a whole.
     *
     * @throws IOException if the file cannot be written
     */
    public static void write(OutputFiles files, Path file, String title, List<Query> queries) throws IOException {
        files.writeString(file, new SearchPage().text(title, queries));
    }

    private String text(String title, List<Query> queries) throws IOException {
        String style =
                Resources.toString(Resources.getResource(SearchPage.class, "report.css"), StandardCharsets.UTF_8);
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        page.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
        page.append(Html.escape(title)).append("</title>\n<style>\n").append(style);
        page.append("</style>\n</head>\n<body>\n<main>\n<header>\n<h1>").append(Html.escape(title));
        page.append("</h1>\n</header>\n<section class=\"card\">\n<p class=\"key\">");
        page.append("<span><i class=\"frame hit\"></i>same person</span><span><i class=\"frame miss\"></i>");
        page.append("another person</span></p>\n");
        for (Query query : queries) {
            write(query);
        }
        return page.append("</section>\n</main>\n</body>\n</html>\n").toString();
    }

    private void write(Query query) throws IOException {
        page.append("<div class=\"strip\">\n<figure class=\"query\">");
        writePicture(query.image(), "", query.name());
        page.append("<figcaption><b>Query</b>").append(camera(query.camid())).append("</figcaption></figure>\n");
        for (int i = 0; i < query.hits().size(); i++) {
            Hit hit = query.hits().get(i);
            String kind = hit.same() == null ? "" : hit.same() ? "hit" : "miss";
            page.append("<figure>");
            writePicture(hit.image(), kind, hit.name());
            page.append("<figcaption><b class=\"")
                    .append(kind)
                    .append("\">")
                    .append(i + 1)
                    .append("</b>");
            page.append(camera(hit.camid()));
            page.append(String.format(
                    Locale.ROOT,
                    "<br/>%.3f%s</figcaption></figure>\n",
                    hit.distance(),
                    hit.pid() == null ? "" : "<br/>person " + hit.pid()));
        }
        page.append("</div>\n");
    }

    private static String camera(@Nullable Integer camid) {
        return camid == null ? "" : "cam " + camid;
    }

    private void writePicture(Path file, String kind, String name) throws IOException {
        BufferedImage thumbnail = Pictures.thumbnail(file, WIDTH, HEIGHT);
        page.append("<div class=\"frame ").append(kind).append("\">");
        if (thumbnail == null) {
            page.append("<span>").append(Html.escape(name)).append("<br/>no image</span>");
        } else {
            page.append("<img src=\"")
                    .append(Html.dataUri(Pictures.jpeg(thumbnail)))
                    .append("\" alt=\"");
            page.append(Html.escape(name))
                    .append("\" title=\"")
                    .append(Html.escape(name))
                    .append("\"/>");
        }
        page.append("</div>");
    }
}
