package io.github.mgn4j.report;

import com.google.common.io.Resources;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.OutputFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a report: {@code report.html}, a self-contained page without scripts, and its pictures as PNG files beside it
 * ({@code cmc.png}, {@code distances.png}, {@code roc.png}, {@code loss.png}, {@code map.png}, {@code attention.png},
 * {@code best.png}, {@code worst.png}, each if there is data for it). Thread-safe.
 */
final class ReportWriter {
    static final String PAGE = "report.html";

    /** Names of the files that a report may consist of. */
    static final List<String> FILES = List.of(
            PAGE,
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
     * Writes the files, all or none; they replace those of an earlier report. Images that cannot be read are shown as
     * empty frames.
     *
     * @param folder created if it is missing
     * @return the page
     * @throws IOException if a file cannot be written
     */
    static Path write(Path folder, ReportData data) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            Path page = write(files, folder, data);
            files.publish();
            return page;
        }
    }

    /**
     * Writes the files as part of a larger set, which is published as a whole; see {@link #write(Path, ReportData)}.
     */
    static Path write(OutputFiles files, Path folder, ReportData data) throws IOException {
        Map<String, String> svgs = new LinkedHashMap<>();
        if (!data.metrics().isEmpty()) {
            svgs.put("Cumulative matching", write(files, folder, "cmc", Charts.cmc(data.metrics())));
        }
        if (data.verification() != null) {
            svgs.put(ReportPage.ROC, write(files, folder, "roc", Charts.roc(data.verification())));
        }
        if (data.pairs() != null) {
            svgs.put(
                    "Distances of pairs", write(files, folder, "distances", Charts.pairs(data.pairs(), data.chosen())));
        }
        if (!data.loss().isEmpty()) {
            svgs.put("Training loss", write(files, folder, "loss", Charts.loss(data.loss())));
        }
        if (data.map() != null) {
            writePicture(files, folder, "map", new MapPicture(data.map()).toImage());
        }
        Map<ReidImage, BufferedImage> thumbnails = new HashMap<>();
        for (List<RankedGallery> galleries : List.of(data.best(), data.worst())) {
            for (RankedGallery gallery : galleries) {
                gallery.images().forEach(image -> read(image, thumbnails));
            }
        }
        AttentionSection attention = AttentionSection.of(data.attention());
        if (!attention.isEmpty()) {
            writePicture(files, folder, "attention", attention.toImage());
        }
        Map<ReidImage, String> uris = new HashMap<>();
        for (Map.Entry<ReidImage, BufferedImage> thumbnail : thumbnails.entrySet()) {
            uris.put(thumbnail.getKey(), Html.dataUri(Pictures.jpeg(thumbnail.getValue())));
        }
        writeStrip(files, folder, "best", data.best(), thumbnails);
        writeStrip(files, folder, "worst", data.worst(), thumbnails);
        String style =
                Resources.toString(Resources.getResource(ReportWriter.class, "report.css"), StandardCharsets.UTF_8);
        Path page = folder.resolve(PAGE);
        files.writeString(page, new ReportPage(data, svgs, uris, attention).write(style));
        return page;
    }

    private static String write(OutputFiles files, Path folder, String name, Chart chart) throws IOException {
        writePicture(files, folder, name, chart.toImage());
        return chart.toSvg();
    }

    private static void writePicture(OutputFiles files, Path folder, String name, BufferedImage picture)
            throws IOException {
        byte[] png = Pictures.png(picture);
        files.write(folder.resolve(name + ".png"), out -> out.write(png));
    }

    private static void read(ReidImage image, Map<ReidImage, BufferedImage> thumbnails) {
        if (!thumbnails.containsKey(image)) {
            BufferedImage thumbnail = Pictures.thumbnail(image.path(), THUMB_WIDTH, THUMB_HEIGHT);
            if (thumbnail != null) {
                thumbnails.put(image, thumbnail);
            }
        }
    }

    private static void writeStrip(
            OutputFiles files,
            Path folder,
            String name,
            List<RankedGallery> galleries,
            Map<ReidImage, BufferedImage> thumbnails)
            throws IOException {
        if (galleries.stream().flatMap(RankedGallery::images).anyMatch(thumbnails::containsKey)) {
            writePicture(files, folder, name, GalleryStrip.draw(galleries, thumbnails::get));
        }
    }
}
