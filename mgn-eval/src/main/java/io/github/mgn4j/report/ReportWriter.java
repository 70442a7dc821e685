package io.github.mgn4j.report;

import com.google.common.io.Resources;
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
     * Writes the files: all appear, in the places of an earlier report's, or none. Images that cannot be read are shown as
     * empty frames.
     *
     * @param folder made if it is missing
     * @return the page
     * @throws IOException if a file cannot be written
     */
    public static Path write(Path folder, ReportData data) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            Path page = write(files, folder, data);
            files.publish();
            return page;
        }
    }

    /** Writes the files aside, to be published with others; as {@link #write(Path, ReportData)}. */
    public static Path write(OutputFiles files, Path folder, ReportData data) throws IOException {
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
        Map<ReportImage, BufferedImage> thumbnails = new HashMap<>();
        for (List<RankedGallery> galleries : List.of(data.best(), data.worst())) {
            for (RankedGallery gallery : galleries) {
                gallery.images().forEach(image -> read(image, thumbnails));
            }
        }
        AttentionSection attention = AttentionSection.of(data.attention());
        if (!attention.isEmpty()) {
            writePicture(files, folder, "attention", attention.toImage());
        }
        Map<ReportImage, String> uris = new HashMap<>();
        for (Map.Entry<ReportImage, BufferedImage> thumbnail : thumbnails.entrySet()) {
            uris.put(thumbnail.getKey(), Html.dataUri(Pictures.jpeg(thumbnail.getValue())));
        }
        writeStrip(files, folder, "best", data.best(), thumbnails);
        writeStrip(files, folder, "worst", data.worst(), thumbnails);
        String style =
                Resources.toString(Resources.getResource(ReportWriter.class, "report.css"), StandardCharsets.UTF_8);
        Path page = folder.resolve("report.html");
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

    private static void read(ReportImage image, Map<ReportImage, BufferedImage> thumbnails) {
        if (!thumbnails.containsKey(image)) {
            BufferedImage thumbnail = Pictures.thumbnail(image.file(), THUMB_WIDTH, THUMB_HEIGHT);
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
            Map<ReportImage, BufferedImage> thumbnails)
            throws IOException {
        if (galleries.stream().flatMap(RankedGallery::images).anyMatch(thumbnails::containsKey)) {
            writePicture(files, folder, name, GalleryStrip.draw(galleries, thumbnails::get));
        }
    }
}
