package io.github.mgn4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The layout that Market-1501 began: three flat folders, and person and camera in the file names. */
final class BoxFolders {
    static final String TRAIN = "bounding_box_train";
    static final String QUERY = "query";
    static final String GALLERY = "bounding_box_test";
    static final String EXPECTS = TRAIN + ", " + QUERY + " and " + GALLERY;

    /** How the three data sets go on after the camera: they can be told apart by it. */
    enum Style {
        DUKE("\\d+_c\\d+_f\\d+.*"),
        CUHK03("\\d+_c[12]_\\d+\\..*"),
        MARKET(".*");

        private final Pattern pattern;

        Style(String pattern) {
            this.pattern = Pattern.compile(pattern, Pattern.DOTALL);
        }
    }

    private BoxFolders() {}

    /** The style of the file names, told from any one training image; empty if the folders are not there. */
    static Optional<Style> style(Path root) throws IOException {
        if (!Files.isDirectory(root.resolve(TRAIN))
                || !Files.isDirectory(root.resolve(QUERY))
                || !Files.isDirectory(root.resolve(GALLERY))) {
            return Optional.empty();
        }
        try (Stream<Path> entries = Files.list(root.resolve(TRAIN))) {
            String name = entries.filter(Folders::isImage)
                    .map(Folders::fileName)
                    .findAny()
                    .orElse("");
            for (Style style : Style.values()) {
                if (style.pattern.matcher(name).matches()) {
                    return Optional.of(style);
                }
            }
        }
        return Optional.empty();
    }

    static ReidDataset read(String name, Path root) throws IOException {
        Folders.requireFolder(root, name + " has " + EXPECTS);
        for (String folder : List.of(TRAIN, QUERY, GALLERY)) {
            Folders.requireFolder(root.resolve(folder), name + " has " + EXPECTS);
        }
        List<ReidImage> train =
                list(root.resolve(TRAIN)).stream().filter(ReidImage::isPerson).toList();
        DatasetException.check(!train.isEmpty(), "%s: shows no person", root.resolve(TRAIN));
        return new ReidDataset(name, root, train, list(root.resolve(QUERY)), list(root.resolve(GALLERY)));
    }

    private static List<ReidImage> list(Path folder) throws IOException {
        List<ReidImage> images = new ArrayList<>();
        for (Path file : Folders.in(folder)) {
            MarketName name = MarketName.parse(Folders.fileName(file))
                    .orElseThrow(() -> new DatasetException(
                            file + ": person and camera wanted in the name, such as 0002_c1s1_000451_03.jpg"));
            images.add(new ReidImage(file, name.pid(), name.camid()));
        }
        DatasetException.check(!images.isEmpty(), "%s: no images", folder);
        return images;
    }
}
