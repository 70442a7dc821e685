package io.github.mgn4j.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes files for tests. */
final class Trees {
    private Trees() {}

    /** Makes an empty file, and its folders. */
    static Path touch(Path root, String name) {
        return write(root, name, "");
    }

    static Path write(Path root, String name, String text) {
        try {
            Path file = root.resolve(name);
            Path folder = file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A small Market-1501: two persons in training, one in query, a distractor and junk in the gallery. */
    static void market(Path root) {
        touch(root, "bounding_box_train/0002_c1s1_000451_03.jpg");
        touch(root, "bounding_box_train/0002_c2s1_000776_01.jpg");
        touch(root, "bounding_box_train/0007_c3s3_077419_03.jpg");
        touch(root, "query/0001_c1s1_001051_00.jpg");
        touch(root, "bounding_box_test/0001_c2s1_000151_01.jpg");
        touch(root, "bounding_box_test/0000_c1s1_000151_01.jpg");
        touch(root, "bounding_box_test/-1_c6s2_000151_01.jpg");
    }
}
