package io.github.mgn4j.report;

import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.FileNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Ranked galleries in the page: each query with its nearest gallery images, row by row. */
final class GallerySection {
    private final StringBuilder page;
    private final Map<ReidImage, String> thumbnails;

    /**
     * Creates a section.
     *
     * @param page receives the HTML
     * @param thumbnails data URIs; an image without one gets an empty frame
     */
    GallerySection(StringBuilder page, Map<ReidImage, String> thumbnails) {
        this.page = page;
        this.thumbnails = thumbnails;
    }

    void write(String title, List<RankedGallery> galleries) {
        write(title, galleries, List.of());
    }

    /** Writes the lists of one query, with a name over each. */
    void write(String title, Map<String, RankedGallery> galleries) {
        write(title, List.copyOf(galleries.values()), List.copyOf(galleries.keySet()));
    }

    private void write(String title, List<RankedGallery> galleries, List<String> names) {
        if (galleries.isEmpty()) {
            return;
        }
        page.append("<section class=\"card\">\n<h2>").append(title).append("</h2>\n<p class=\"key\">");
        page.append("<span><i class=\"frame hit\"></i>same person</span><span><i class=\"frame miss\"></i>");
        page.append("another person</span><span><i class=\"frame miss distractor\"></i>distractor</span></p>\n");
        boolean bare = galleries.stream().flatMap(RankedGallery::images).noneMatch(thumbnails::containsKey);
        if (bare) {
            page.append(
                    "<p class=\"note\">None of the images can be read, so the lists come without them; looked for ");
            page.append(Html.escape(FileNames.text(galleries.get(0).query().path())))
                    .append(" and others.</p>\n");
        }
        for (int i = 0; i < galleries.size(); i++) {
            RankedGallery gallery = galleries.get(i);
            ReidImage query = gallery.query();
            if (!names.isEmpty()) {
                page.append("<h3>").append(Html.escape(names.get(i))).append("</h3>\n");
            }
            page.append(bare ? "<div class=\"strip bare\">\n" : "<div class=\"strip\">\n");
            page.append("<figure class=\"query\">");
            writePicture(query, "", "query, person " + query.pid());
            page.append("<figcaption><b>Query</b>").append(RankedGallery.camera(query));
            page.append(String.format(Locale.ROOT, "<br/>AP %.1f%%</figcaption></figure>\n", 100 * gallery.ap()));
            for (int k = 0; k < gallery.entries().size(); k++) {
                writeEntry(k + 1, gallery.entries().get(k));
            }
            page.append("</div>\n");
        }
        page.append("</section>\n");
    }

    private void writeEntry(int rank, RankedGallery.Entry entry) {
        ReidImage image = entry.image();
        String kind = entry.match() ? "hit" : image.isDistractor() ? "miss distractor" : "miss";
        String says = entry.match() ? "same person" : image.isDistractor() ? "distractor" : "person " + image.pid();
        page.append("<figure>");
        writePicture(image, kind, "rank " + rank + ", " + says);
        page.append("<figcaption><b class=\"")
                .append(kind)
                .append("\">")
                .append(rank)
                .append("</b>");
        page.append(RankedGallery.camera(image));
        page.append(String.format(Locale.ROOT, "<br/>%.3f</figcaption></figure>\n", entry.distance()));
    }

    private static String name(Path file) {
        Path name = file.getFileName();
        return FileNames.text(name == null ? file : name);
    }

    private void writePicture(ReidImage image, String kind, String description) {
        String uri = thumbnails.get(image);
        page.append("<div class=\"frame ").append(kind).append("\">");
        if (uri == null) {
            page.append("<span>").append(image.isDistractor() ? "distractor" : "person " + image.pid());
            page.append("<br/>no image</span>");
        } else {
            page.append("<img src=\"").append(uri).append("\" alt=\"");
            page.append(Html.escape(description)).append("\" title=\"");
            page.append(Html.escape(name(image.path()) + ", " + description)).append("\"/>");
        }
        page.append("</div>");
    }
}
