package io.github.mgn4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Data sets whose files have names in GBK: Java's own text of these four is the same. */
@EnabledOnOs(OS.LINUX)
class ByteNamesTest {
    private static final List<String> NAMES =
            List.of("\\xC0\\xEE\\xCB\\xC4", "\\xCD\\xF5\\xCE\\xE5", "\\xD5\\xC5\\xC8\\xFD", "\\xD5\\xD4\\xC1\\xF9");

    @TempDir
    Path root;

    private void touch(String name) throws IOException {
        Path file = FileNames.resolve(root, name);
        Files.createDirectories(Folders.parent(file));
        Files.createFile(file);
    }

    private static void assertThere(List<ReidImage> images, int pids) {
        assertThat(images).allSatisfy(image -> assertThat(image.path()).isRegularFile());
        assertThat(images.stream().map(ReidImage::path).distinct()).hasSameSizeAs(images);
        assertThat(images.stream().map(ReidImage::pid).distinct()).hasSize(pids);
    }

    @Test
    void identitiesAreFolders() throws IOException {
        for (String name : NAMES) {
            touch("train/" + name + "/a_c1.jpg");
            touch("train/" + name + "/a_c2.jpg");
        }

        ReidDataset data = DatasetFormats.read(root);

        assertThat(data.train()).hasSize(8);
        assertThere(data.train(), 4);
        assertThat(data.train().stream().map(ReidImage::camid).distinct()).containsExactly(1, 2);
    }

    @Test
    void marketNamesGoOnInBytes() throws IOException {
        for (int i = 0; i < NAMES.size(); i++) {
            touch("bounding_box_train/000%d_c1s1_%s.jpg".formatted(i + 1, NAMES.get(i)));
            touch("bounding_box_train/0009_c2s1_%s.jpg".formatted(NAMES.get(i)));
        }

        ReidDataset data = DatasetFormats.read(root);

        assertThat(data.name()).isEqualTo("market1501");
        assertThat(data.train()).hasSize(8);
        assertThere(data.train(), 5);
    }

    @Test
    void listsHoldTheBytesOrTheirText() throws IOException {
        StringBuilder list = new StringBuilder();
        StringBuilder csv = new StringBuilder("path,pid,camid,split\n");
        for (int i = 0; i < NAMES.size(); i++) {
            String name = "000%d_c00%d_%s.jpg".formatted(i + 1, i + 1, NAMES.get(i));
            touch("image_train/" + name);
            list.append(name).append('\n');
            csv.append("image_train/").append(name).append(",").append(i).append(",0,train\n");
        }
        for (byte[] bytes :
                List.of(FileNames.encode(list.toString()), list.toString().getBytes(StandardCharsets.UTF_8))) {
            Files.write(root.resolve("name_train.txt"), bytes);
            ReidDataset data = DatasetFormats.named("veri").read(root);
            assertThat(data.train()).hasSize(4);
            assertThere(data.train(), 4);
        }
        for (byte[] bytes :
                List.of(FileNames.encode(csv.toString()), csv.toString().getBytes(StandardCharsets.UTF_8))) {
            Path file = Files.write(root.resolve("list.csv"), bytes);
            ReidDataset data = DatasetFormats.read(file);
            assertThat(data.train()).hasSize(4);
            assertThere(data.train(), 4);
        }
    }

    @Test
    void msmtListsToo() throws IOException {
        for (String list : List.of("train", "val", "query", "gallery")) {
            String name = "0000/0000_000_01_" + NAMES.get(0) + list + ".jpg";
            touch((list.length() > 4 && !list.equals("train") ? "test/" : list.equals("query") ? "test/" : "train/")
                    + name);
            Files.write(root.resolve("list_" + list + ".txt"), FileNames.encode(name + " 0\n"));
        }

        ReidDataset data = DatasetFormats.read(root);

        for (List<ReidImage> images : List.of(data.train(), data.query(), data.gallery())) {
            assertThere(images, 1);
        }
    }

    @Test
    void messagesShowTheBytes() throws IOException {
        touch("bounding_box_train/0001_c1s1_\\xD5.jpg");
        touch("bounding_box_train/nobody\\xD5.jpg");

        assertThatThrownBy(() -> DatasetFormats.named("market1501").read(root))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("nobody\\xD5.jpg: person and camera expected");
        try (Stream<Path> files = Files.list(root.resolve("bounding_box_train"))) {
            List<ReidImage> images =
                    files.map(file -> new ReidImage(file, 1, 1)).toList();
            assertThat(ImageCheck.DECODE.unreadable(images, (done, total) -> {}))
                    .extracting(UnreadableImage::reason)
                    .anySatisfy(reason -> assertThat(reason).contains("nobody\\xD5.jpg: the file is empty"));
        }
    }
}
