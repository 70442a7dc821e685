package io.github.mgn4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads VeRi-776 (Liu et al., Large-scale Vehicle Re-identification, ICME 2016) and data sets with the same folders: names
 * such as {@code 0002_c002_00030600_0.jpg} in three folders. A list {@code name_train.txt}, {@code name_query.txt} or
 * {@code name_test.txt}, if present, selects the images of its folder; all listed images must exist.
 */
public final class VeriFormat implements DatasetFormat {
    private static final BoxFolders FOLDERS = new BoxFolders("image_train", "image_query", "image_test");
    private static final BoxFolders LISTS = new BoxFolders("name_train.txt", "name_query.txt", "name_test.txt");

    @Override
    public String name() {
        return "veri";
    }

    @Override
    public String expects() {
        return FOLDERS.expects();
    }

    @Override
    public boolean recognises(Path root) {
        return FOLDERS.exist(root);
    }

    @Override
    public ReidDataset read(Path root) throws IOException {
        return FOLDERS.read(name(), root, LISTS);
    }

    @Override
    public List<PublishedCounts> published() {
        return List.of(new PublishedCounts(
                "VeRi-776",
                new PublishedCounts.Split(37_778, 576),
                new PublishedCounts.Split(1_678, 200),
                new PublishedCounts.Split(11_579, 200)));
    }
}
