package io.github.mgn4j.data;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Reads a data set of one's own: {@code train|query|gallery/IDENTITY/*.jpg}, or a CSV file with the header
 * {@code path,pid,camid,split} (as the only CSV file of the folder, or passed itself). Either training or query and gallery
 * may be missing.
 *
 * <p>Identities are the names of the folders; the same name in all splits is the same identity. If all names are different
 * numbers, these are the pids ({@code -1} is junk), shifted up by one if an identity 0 is in training or queries. Otherwise
 * the names are numbered from 1 in their order.
 *
 * <p>A camera is the number after {@code _c} in the file name. An image without one is its own camera, so that a search
 * excludes only the query image itself. The format's argument is another regular expression, whose first group is the
 * camera: {@code folder:/cam-(\w+)/}. It must occur in every image's path within the data set ({@code train/IDENTITY/...},
 * or the path in the CSV file). Camera names that are not numbers are numbered from 1 in their order. A camera in the CSV
 * file takes precedence.
 */
public final class FolderFormat implements DatasetFormat {
    private final CameraPattern cameras;

    /** Creates the format with {@code _c} before the camera. */
    public FolderFormat() {
        this(CameraPattern.DEFAULT);
    }

    private FolderFormat(CameraPattern cameras) {
        this.cameras = cameras;
    }

    @Override
    public String name() {
        return "folder";
    }

    @Override
    public String expects() {
        return "train, query and gallery with one folder per identity, or a CSV file path,pid,camid,split";
    }

    /**
     * Returns the format with another pattern for the camera.
     *
     * @throws DatasetException if the argument is not a regular expression with a group
     */
    @Override
    public DatasetFormat with(String argument) {
        return new FolderFormat(CameraPattern.of(argument));
    }

    @Override
    public boolean recognises(Path root) throws IOException {
        if (CsvListing.isListing(root)) {
            return true;
        }
        if (!Files.isDirectory(root) || Files.exists(root.resolve("list_train.txt"))) {
            return false;
        }
        if (csv(root).stream().anyMatch(CsvListing::isListing)) {
            return true;
        }
        for (Split split : Split.values()) {
            Path folder = root.resolve(split.folder());
            if (Files.isDirectory(folder) && !Folders.folders(folder).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public ReidDataset read(Path root) throws IOException {
        DatasetException.check(Files.exists(root), "%s: no such folder (%s has %s)", root, name(), expects());
        if (!Files.isDirectory(root)) {
            return IdentityNumbering.number(name(), root, CsvListing.read(root, cameras));
        }
        List<Path> csv = csv(root).stream().filter(CsvListing::isListing).toList();
        DatasetException.check(
                csv.size() < 2,
                "%s: several CSV listings (%s); give one of them",
                root,
                csv.stream().map(Folders::fileName).toList());
        return IdentityNumbering.number(
                name(), root, csv.isEmpty() ? walk(root) : CsvListing.read(csv.get(0), cameras));
    }

    private List<IdentityNumbering.Entry> walk(Path root) throws IOException {
        Interner<Path> folders = Interners.newStrongInterner();
        Interner<String> names = Interners.newStrongInterner();
        List<IdentityNumbering.Entry> entries = new ArrayList<>();
        for (Split split : Split.values()) {
            Path folder = root.resolve(split.folder());
            if (Files.isDirectory(folder)) {
                for (Path identity : Folders.folders(folder)) {
                    for (Path file : Folders.under(identity)) {
                        String camera = cameras.find(root, file);
                        entries.add(new IdentityNumbering.Entry(
                                folders.intern(Folders.parent(file)),
                                Folders.fileName(file),
                                Folders.fileName(identity),
                                names.intern(camera),
                                split));
                    }
                }
            }
        }
        DatasetException.check(
                !entries.isEmpty(),
                "%s: no images (%s has %s)%s",
                root,
                name(),
                expects(),
                CsvListing.complaint(csv(root)));
        return entries;
    }

    /**
     * Returns the CSV files that are, or could be meant as, a listing: the file itself, or those in the folder.
     */
    static List<Path> csv(Path root) throws IOException {
        try (Stream<Path> entries = Files.isDirectory(root) ? Files.list(root) : Stream.of(root)) {
            return entries.filter(path ->
                            Folders.fileName(path).toLowerCase(Locale.ROOT).endsWith(".csv"))
                    .sorted()
                    .toList();
        }
    }
}
