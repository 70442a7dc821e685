package io.github.mgn4j.data;

import io.github.mgn4j.image.MarketName;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder format introduced by Market-1501: flat folders, with person and camera in the file names. A missing or empty
 * folder means that the data set lacks that split: training needs no gallery, evaluation no training images.
 *
 * @param train folder of the training images
 * @param query folder of the queries
 * @param gallery folder of the gallery
 */
record BoxFolders(String train, String query, String gallery) {
    /** The folder names of most data sets. */
    static final BoxFolders MARKET = new BoxFolders("bounding_box_train", "query", "bounding_box_test");

    private static final String MULTI_QUERY = "gt_bbox";

    /** The part of the file names behind the camera, which distinguishes the three data sets. */
    enum Style {
        DUKE("\\d+_c\\d+_f\\d+.*"),
        CUHK03("\\d+_c[12]_\\d+\\..*"),
        MARKET(".*");

        private final Pattern pattern;

        Style(String pattern) {
            this.pattern = Pattern.compile(pattern, Pattern.DOTALL);
        }
    }

    /** Describes the content of a folder of this format. */
    String expects() {
        return train + ", " + query + " and " + gallery;
    }

    /** Returns whether a folder of training images or of a gallery exists; a data set may lack the other. */
    boolean exist(Path root) {
        return Stream.of(train, gallery).anyMatch(folder -> Files.isDirectory(root.resolve(folder)));
    }

    /**
     * Returns the style of the file names, determined from any one image; empty if the folders do not exist.
     */
    Optional<Style> style(Path root) throws IOException {
        if (!exist(root)) {
            return Optional.empty();
        }
        String name = "";
        for (String folder : List.of(train, gallery)) {
            if (name.isEmpty() && Files.isDirectory(root.resolve(folder))) {
                name = anyImage(root.resolve(folder));
            }
        }
        for (Style style : Style.values()) {
            if (style.pattern.matcher(name).matches()) {
                return Optional.of(style);
            }
        }
        return Optional.empty();
    }

    private static String anyImage(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(Folders::fileName)
                    .filter(Folders::isImage)
                    .findAny()
                    .orElse("");
        }
    }

    /** Lists the folders' images. */
    ReidDataset read(String format, Path root) throws IOException {
        requireFolders(format, root);
        Path extra = root.resolve(MULTI_QUERY);
        return dataset(
                format,
                root,
                list(root.resolve(train)),
                list(root.resolve(query)),
                list(root.resolve(gallery)),
                Files.isDirectory(extra) ? list(extra) : List.of());
    }

    /**
     * Lists the folders' images as {@link #read} does. Where a list file exists, only the images that it names are taken, and all
     * of them must exist.
     */
    ReidDataset read(String format, Path root, BoxFolders lists) throws IOException {
        requireFolders(format, root);
        return dataset(
                format,
                root,
                list(root.resolve(train), root.resolve(lists.train)),
                list(root.resolve(query), root.resolve(lists.query)),
                list(root.resolve(gallery), root.resolve(lists.gallery)),
                List.of());
    }

    private void requireFolders(String format, Path root) {
        Folders.requireFolder(root, format + " has " + expects());
        DatasetException.check(
                exist(root) || Files.isDirectory(root.resolve(query)), "%s: none of %s (%s)", root, expects(), format);
    }

    private ReidDataset dataset(
            String format,
            Path root,
            List<ReidImage> training,
            List<ReidImage> queries,
            List<ReidImage> galleries,
            List<ReidImage> extra) {
        DatasetException.check(
                !(training.isEmpty() && queries.isEmpty() && galleries.isEmpty()),
                "%s: no images (%s has %s)",
                root,
                format,
                expects());
        ZeroIdentity zero = ZeroIdentity.of(training, queries, galleries);
        List<ReidImage> persons = zero.persons(training);
        DatasetException.check(training.isEmpty() || !persons.isEmpty(), "%s: shows no person", root.resolve(train));
        return new ReidDataset(
                format,
                root,
                persons,
                zero.numbered(queries),
                zero.numbered(galleries),
                zero.persons(extra),
                zero.notes(training));
    }

    private static List<ReidImage> list(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        Folders.requireFolder(folder, "a folder of images expected");
        List<String> names = Folders.images(folder);
        List<ReidImage> images = new ArrayList<>(names.size());
        for (String name : names) {
            images.add(image(folder, name, FileNames.text(FileNames.resolve(folder, name))));
        }
        return images;
    }

    private static List<ReidImage> list(Path folder, Path listFile) throws IOException {
        if (!Files.exists(listFile)) {
            return list(folder);
        }
        Set<String> present = new HashSet<>(Folders.images(folder));
        MissingImages missing = new MissingImages();
        List<ReidImage> images = new ArrayList<>();
        ListFile.read(listFile, (name, where) -> {
            images.add(image(folder, name, where));
            if (!present.contains(name)) { // it may not even be a valid path
                missing.add(
                        where, FileNames.text(folder) + folder.getFileSystem().getSeparator() + name);
            }
        });
        missing.check(images.size());
        return images;
    }

    private static ReidImage image(Path folder, String fileName, String where) {
        return MarketName.parse(folder, fileName)
                .orElseThrow(() -> new DatasetException(
                        where + ": person and camera expected in the name, such as 0002_c1s1_000451_03.jpg"
                                + (MarketName.isTooLong(fileName) ? "; numbers have at most nine digits" : "")));
    }
}
