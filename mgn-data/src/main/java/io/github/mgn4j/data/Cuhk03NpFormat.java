package io.github.mgn4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads CUHK03 in the folders of its new protocol (Zhong et al., Re-ranking with k-reciprocal Encoding, CVPR 2017): the
 * folder {@code labeled} or {@code detected} itself, or its parent. If the parent contains both, the argument selects one:
 * {@code cuhk03-np:labeled} or {@code cuhk03-np:detected}.
 */
public final class Cuhk03NpFormat implements DatasetFormat {
    private enum Boxes {
        LABELED(7_368, 5_328),
        DETECTED(7_365, 5_332);

        private final int train;
        private final int gallery;

        Boxes(int train, int gallery) {
            this.train = train;
            this.gallery = gallery;
        }

        final PublishedCounts published() {
            return new PublishedCounts(
                    "CUHK03-NP " + folder(),
                    new PublishedCounts.Split(train, 767),
                    new PublishedCounts.Split(1_400, 700),
                    new PublishedCounts.Split(gallery, 700));
        }

        final String folder() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final @Nullable Boxes chosen;

    /** Creates the format without a selection. */
    public Cuhk03NpFormat() {
        this(null);
    }

    private Cuhk03NpFormat(@Nullable Boxes chosen) {
        this.chosen = chosen;
    }

    @Override
    public String name() {
        return "cuhk03-np";
    }

    @Override
    public String expects() {
        return BoxFolders.MARKET.expects() + ", in labeled or detected";
    }

    @Override
    public DatasetFormat with(String argument) {
        for (Boxes boxes : Boxes.values()) {
            if (boxes.folder().equals(argument)) {
                return new Cuhk03NpFormat(boxes);
            }
        }
        throw new DatasetException("cuhk03-np:labeled or cuhk03-np:detected expected, found '" + argument + "'");
    }

    @Override
    public boolean recognises(Path root) throws IOException {
        for (Path folder : folders(root)) {
            if (BoxFolders.MARKET
                    .style(folder)
                    .filter(BoxFolders.Style.CUHK03::equals)
                    .isPresent()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public ReidDataset read(Path root) throws IOException {
        if (chosen != null) {
            return BoxFolders.MARKET.read(name(), root.resolve(chosen.folder()));
        }
        List<Path> folders = folders(root);
        DatasetException.check(
                folders.size() == 1,
                "%s: holds both labeled and detected boxes; choose with --format cuhk03-np:labeled or"
                        + " cuhk03-np:detected, or give one of the two folders",
                root);
        return BoxFolders.MARKET.read(name(), folders.get(0));
    }

    private static List<Path> folders(Path root) {
        List<Path> inside = Arrays.stream(Boxes.values())
                .map(boxes -> root.resolve(boxes.folder()))
                .filter(Files::isDirectory)
                .toList();
        return inside.isEmpty() || Files.isDirectory(root.resolve(BoxFolders.MARKET.train())) ? List.of(root) : inside;
    }

    @Override
    public List<PublishedCounts> published() {
        return Arrays.stream(Boxes.values())
                .filter(boxes -> chosen == null || boxes == chosen)
                .map(Boxes::published)
                .toList();
    }
}
