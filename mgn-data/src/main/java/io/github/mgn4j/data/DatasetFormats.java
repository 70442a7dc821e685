package io.github.mgn4j.data;

import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the {@link DatasetFormat}s on the class path and reads data sets with them. */
public final class DatasetFormats {
    private DatasetFormats() {}

    /** Returns all formats on the class path by name. Formats whose own libraries are missing are skipped. */
    public static List<DatasetFormat> all() {
        return Services.find(DatasetFormat.class, DatasetFormat::name).usable().stream()
                .sorted(Comparator.comparing(DatasetFormat::name))
                .toList();
    }

    /**
     * Returns the format of a name, or of a name and an argument: {@code folder:cam(\d+)}, {@code cuhk03-np:labeled}.
     *
     * @throws DatasetException if there is no such format, naming the available ones; or if the argument is not valid
     */
    public static DatasetFormat named(String nameAndArgument) {
        int colon = nameAndArgument.indexOf(':');
        if (colon >= 0) {
            return named(nameAndArgument.substring(0, colon)).with(nameAndArgument.substring(colon + 1));
        }
        String name = nameAndArgument;
        return all().stream()
                .filter(format -> format.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new DatasetException("unknown data set format '" + name + "'; known: "
                        + all().stream().map(DatasetFormat::name).collect(Collectors.joining(", "))));
    }

    /**
     * Detects the format of a folder.
     *
     * @throws DatasetException if no format recognises it, or several do
     */
    public static DatasetFormat detect(Path root) throws IOException {
        DatasetException.check(Files.exists(root), "%s: no such folder", root);
        List<DatasetFormat> matching = new ArrayList<>();
        for (DatasetFormat format : all()) {
            if (format.recognises(root)) {
                matching.add(format);
            }
        }
        DatasetException.check(
                matching.size() < 2,
                "%s: fits the formats %s; name one with --format",
                root,
                matching.stream().map(DatasetFormat::name).collect(Collectors.joining(", ")));
        if (matching.isEmpty()) {
            throw new DatasetException(FileNames.text(root) + ": no known data set layout" + inside(root) + "; known: "
                    + all().stream()
                            .map(format -> format.name() + " (" + format.expects() + ")")
                            .collect(Collectors.joining("; ")));
        }
        return matching.get(0);
    }

    /** Finds common mistakes: downloads often have an extra outer folder, and listings another header. */
    private static String inside(Path root) throws IOException {
        if (Files.isDirectory(root)) {
            for (Path folder : Folders.folders(root)) {
                for (DatasetFormat format : all()) {
                    if (format.recognises(folder)) {
                        return ", but " + FileNames.text(folder) + " is in the layout " + format.name();
                    }
                }
            }
        }
        return CsvListing.complaint(FolderFormat.csv(root));
    }

    /**
     * Detects the format of a data set and reads it.
     *
     * @throws DatasetException if no format recognises the folder or several do, or a part of the data set is missing or
     *     malformed
     * @throws IOException if a folder or list cannot be read
     */
    public static ReidDataset read(Path root) throws IOException {
        return detect(root).read(root);
    }
}
