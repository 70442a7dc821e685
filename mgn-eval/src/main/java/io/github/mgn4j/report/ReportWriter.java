package io.github.mgn4j.report;

import com.google.common.io.Resources;
import io.github.mgn4j.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a report: {@code report.html}, which holds all it shows and needs neither network nor scripts, and beside it the
 * same pictures as PNGs ({@code cmc.png}, {@code distances.png}, {@code roc.png}, {@code loss.png}, {@code map.png},
 * {@code attention.png}, {@code best.png}, {@code worst.png}, those that there is data for). Thread-safe.
 */
public final class ReportWriter {
    /** Names of the files that a report may consist of. */
    public static final List<String> FILES = List.of(
            "report.html",
            "cmc.png",
            "distances.png",
            "roc.png",
            "loss.png",
            "map.png",
            "attention.png",
            "best.png",
            "worst.png");

    private static final int THUMB_WIDTH = 128;
    private static final int THUMB_HEIGHT = 256;

    private ReportWriter() {}

    /**
     * Writes the files, each whole or not at all; those of an earlier report are replaced. Images that cannot be read
     * are shown as empty frames.
     *
     * @param folder made if it is missing
     * @return the page
     * @throws IOException if a file cannot be written
     */
    public static Path write(Path folder, ReportData data) throws IOException {
        Map<String, String> svgs = new LinkedHashMap<>();
        if (!data.metrics().isEmpty()) {
            svgs.put("Cumulative matching", write(folder, "cmc", Charts.cmc(data.metrics())));
        }
        if (data.verification() != null) {
            svgs.put(ReportPage.ROC, write(folder, "roc", Charts.roc(data.verification())));
        }
        if (data.pairs() != null) {
            svgs.put("Distances of pairs", write(folder, "distances", Charts.pairs(data.pairs(), data.chosen())));
        }
        if (!data.loss().isEmpty()) {
            svgs.put("Training loss", write(folder, "loss", Charts.loss(data.loss())));
        }
        if (data.map() != null) {
            writePicture(folder, "map", new MapPicture(data.map()).toImage());
        }
        Map<ReportImage, BufferedImage> thumbnails = new HashMap<>();
        for (List<RankedGallery> galleries : List.of(data.best(), data.worst())) {
            for (RankedGallery gallery : galleries) {
                gallery.images().forEach(image -> read(image, thumbnails));
            }
        }
        AttentionSection attention = AttentionSection.of(data.attention());
        if (!attention.isEmpty()) {
            writePicture(folder, "attention", attention.toImage());
        }
        Map<ReportImage, String> uris = new HashMap<>();
        for (Map.Entry<ReportImage, BufferedImage> thumbnail : thumbnails.entrySet()) {
            uris.put(thumbnail.getKey(), Html.dataUri(Pictures.jpeg(thumbnail.getValue())));
        }
        writeStrip(folder, "best", data.best(), thumbnails);
        writeStrip(folder, "worst", data.worst(), thumbnails);
        String style =
                Resources.toString(Resources.getResource(ReportWriter.class, "report.css"), StandardCharsets.UTF_8);
        Path page = folder.resolve("report.html");
        AtomicFile.writeString(page, new ReportPage(data, svgs, uris, attention).write(style));
        return page;
    }

    private static String write(Path folder, String name, Chart chart) throws IOException {
        writePicture(folder, name, chart.toImage());
        return chart.toSvg();
    }

    private static void writePicture(Path folder, String name, BufferedImage picture) throws IOException {
        byte[] png = Pictures.png(picture);
        AtomicFile.write(folder.resolve(name + ".png"), out -> out.write(png));
    }

    private static void read(ReportImage image, Map<ReportImage, BufferedImage> thumbnails) {
        if (!thumbnails.containsKey(image)) {
            BufferedImage thumbnail = Pictures.thumbnail(image.file(), THUMB_WIDTH, THUMB_HEIGHT);
            if (thumbnail != null) {
                thumbnails.put(image, thumbnail);
            }
        }
    }

    private static void writeStrip(
            Path folder, String name, List<RankedGallery> galleries, Map<ReportImage, BufferedImage> thumbnails)
            throws IOException {
        if (galleries.stream().flatMap(RankedGallery::images).anyMatch(thumbnails::containsKey)) {
            writePicture(folder, name, GalleryStrip.draw(galleries, thumbnails::get));
        }
    }
}
