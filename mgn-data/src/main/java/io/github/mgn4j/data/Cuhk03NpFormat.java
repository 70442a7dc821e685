package io.github.mgn4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CUHK03 in the new protocol's folder form (Zhong et al., Re-ranking with k-reciprocal Encoding, CVPR 2017): the folder
 * {@code labeled} or {@code detected}, or the one that holds one of them.
 */
public final class Cuhk03NpFormat implements DatasetFormat {
    private static final List<String> VARIANTS = List.of("labeled", "detected");

    @Override
    public String name() {
        return "cuhk03-np";
    }

    @Override
    public String expects() {
        return BoxFolders.EXPECTS + ", in labeled or detected";
    }

    @Override
    public boolean recognises(Path root) throws IOException {
        for (Path folder : folders(root)) {
            if (BoxFolders.style(folder).filter(BoxFolders.Style.CUHK03::equals).isPresent()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public ReidDataset read(Path root) throws IOException {
        List<Path> folders = folders(root);
        DatasetException.check(
                folders.size() == 1, "%s: holds both labeled and detected boxes; give one of the two folders", root);
        return BoxFolders.read(name(), folders.get(0));
    }

    private static List<Path> folders(Path root) {
        List<Path> inside =
                VARIANTS.stream().map(root::resolve).filter(Files::isDirectory).toList();
        return inside.isEmpty() || Files.isDirectory(root.resolve(BoxFolders.TRAIN)) ? List.of(root) : inside;
    }

    @Override
    public List<PublishedCounts> published() {
        return List.of(
                new PublishedCounts(
                        "CUHK03-NP labeled",
                        new PublishedCounts.Split(7_368, 767),
                        new PublishedCounts.Split(1_400, 700),
                        new PublishedCounts.Split(5_328, 700)),
                new PublishedCounts(
                        "CUHK03-NP detected",
                        new PublishedCounts.Split(7_365, 767),
                        new PublishedCounts.Split(1_400, 700),
                        new PublishedCounts.Split(5_332, 700)));
    }
}
