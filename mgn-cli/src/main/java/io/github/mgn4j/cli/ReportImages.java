package io.github.mgn4j.cli;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.ReidImage;
import io.github.mgn4j.eval.Labels;
import io.github.mgn4j.features.FeatureTable;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.report.ReportImage;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the images are that a report may show, for each row of the features.
 *
 * @param query of the queries
 * @param gallery of the gallery
 */
record ReportImages(List<ReportImage> query, List<ReportImage> gallery) {
    static ReportImages of(ReidDataset dataset) {
        return new ReportImages(images(dataset.query()), images(dataset.gallery()));
    }

    private static List<ReportImage> images(List<ReidImage> images) {
        return images.stream()
                .map(image -> new ReportImage(image.path(), image.pid(), image.camid()))
                .toList();
    }

    /**
     * The images in a table of features, whose paths are relative to the folder that was extracted.
     *
     * @param npy the features that it lies beside
     * @param folder that was extracted; if it is not told, the table's own or the working directory, where the first
     *     image is
     */
    static List<ReportImage> of(FeatureTable table, Labels labels, Path npy, @Nullable Path folder) {
        List<FeatureTable.Entry> entries = table.entries();
        Path beside = npy.toAbsolutePath().getParent();
        Path found = Stream.of(folder, beside, Path.of(""))
                .filter(Objects::nonNull)
                .filter(base -> base.equals(folder)
                        || (!entries.isEmpty()
                                && Files.exists(resolve(base, entries.get(0).path()))))
                .findFirst()
                .orElse(Path.of(""));
        return IntStream.range(0, entries.size())
                .mapToObj(i -> new ReportImage(resolve(found, entries.get(i).path()), labels.pid(i), labels.camid(i)))
                .toList();
    }

    /** A path that this system cannot have becomes one where no image is. */
    private static Path resolve(Path folder, String path) {
        try {
            return FileNames.resolve(folder, path);
        } catch (InvalidPathException e) {
            return folder;
        }
    }
}
