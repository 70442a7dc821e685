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

/** The known {@link DatasetFormat}s. */
public final class DatasetFormats {
    private DatasetFormats() {}

    /** All formats on the class path, by name; those whose own libraries are left out are passed over. */
    public static List<DatasetFormat> all() {
        return Services.find(DatasetFormat.class, DatasetFormat::name).usable().stream()
                .sorted(Comparator.comparing(DatasetFormat::name))
                .toList();
    }

    /**
     * The format of a name, or of a name and an argument: {@code folder:cam(\d+)}, {@code cuhk03-np:labeled}.
     *
     * @throws DatasetException when there is none, naming those there are; or when the argument does not suit it
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
     * The format that a folder is in.
     *
     * @throws DatasetException when no format recognises it, or several do
     */
    public static DatasetFormat detect(Path root) throws IOException {
        DatasetException.check(Files.exists(root), "%s: no such folder", root);
        List<DatasetFormat> found = new ArrayList<>();
        for (DatasetFormat format : all()) {
            if (format.recognises(root)) {
                found.add(format);
            }
        }
        DatasetException.check(
                found.size() < 2,
                "%s: fits the formats %s; name one with --format",
                root,
                found.stream().map(DatasetFormat::name).collect(Collectors.joining(", ")));
        if (found.isEmpty()) {
            throw new DatasetException(FileNames.text(root) + ": no known data set layout" + inside(root) + "; known: "
                    + all().stream()
                            .map(format -> format.name() + " (" + format.expects() + ")")
                            .collect(Collectors.joining("; ")));
        }
        return found.get(0);
    }

    /** Downloads often have one folder too many around them, and lists another header. */
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

    /** Reads a data set in the format that it is found to be in. */
    public static ReidDataset read(Path root) throws IOException {
        return detect(root).read(root);
    }
}
