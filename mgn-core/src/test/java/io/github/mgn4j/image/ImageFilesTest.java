package io.github.mgn4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {
    @TempDir
    private Path folder;

    private void touch(String... names) throws IOException {
        for (String name : names) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    private List<String> names() throws IOException {
        return ImageFiles.list(folder).stream()
                .map(file -> FileNames.relative(folder, file))
                .toList();
    }

    @Test
    void listsImagesOfAllFoldersInByteOrder() throws IOException {
        touch("b/1.jpg", "b.png", "b-/2.BMP", "a/z/3.JPEG", "a/0.Jpg", "-1_c1.jpg", "B.jpg", "0002_c1.jpg");

        // '-' < '.' < '/': not the order of java.nio.file.Path, nor of a walk folder by folder.
        assertThat(names())
                .containsExactly(
                        "-1_c1.jpg", "0002_c1.jpg", "B.jpg", "a/0.Jpg", "a/z/3.JPEG", "b-/2.BMP", "b.png", "b/1.jpg");
        assertThat(ImageFiles.list(folder)).allMatch(file -> file.startsWith(folder));
    }

    @Test
    void passesOverLitterAndOtherFiles() throws IOException {
        touch(
                "a.jpg",
                "._a.jpg",
                ".hidden.png",
                ".thumbs/a.jpg",
                "__MACOSX/a.jpg",
                "Thumbs.db",
                "a.txt",
                "jpg",
                "x.jpg.part");
        Files.createDirectory(folder.resolve("folder.jpg"));

        assertThat(names()).containsExactly("a.jpg");
    }

    @Test
    void looksIntoAHiddenFolderThatIsAskedFor() throws IOException {
        touch(".cache/a.jpg");

        assertThat(ImageFiles.list(folder.resolve(".cache"))).containsExactly(folder.resolve(".cache/a.jpg"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void followsLinks() throws IOException {
        touch("real/a.jpg");
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
        Files.createSymbolicLink(folder.resolve("nowhere.jpg"), folder.resolve("missing.jpg"));

        assertThat(names()).containsExactly("link/a.jpg", "nowhere.jpg", "real/a.jpg");
        assertThat(ImageFiles.list(folder.resolve("link"))).hasSize(1);

        Files.createSymbolicLink(folder.resolve("real/circle"), folder);
        assertThatThrownBy(this::names)
                .isInstanceOf(FileSystemLoopException.class)
                .hasMessageContaining("circle");
    }

    @Test
    void namesWhatIsNoFolderOfImages() throws IOException {
        touch("empty/readme.txt");

        assertThatThrownBy(() -> ImageFiles.list(folder.resolve("empty")))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith(folder.resolve("empty") + ": no image");
        assertThatThrownBy(() -> ImageFiles.list(folder.resolve("missing")))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith(folder.resolve("missing") + ": no such folder");
        assertThatThrownBy(() -> ImageFiles.list(folder.resolve("empty/readme.txt")))
                .isInstanceOf(ImageException.class)
                .hasMessageEndingWith("not a folder");
    }
}
