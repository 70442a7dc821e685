package io.github.mgn4j.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.features.DistanceMetric;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a gallery: what is cut, what is named, and that old ones open. */
class GalleryFilesTest {
    private static final int ENTRIES = 10;
    private static final int FIRST = 6;

    @TempDir
    Path temporary;

    private Path folder() {
        return temporary.resolve("gallery");
    }

    private static float[] feature(int i) {
        return new float[] {i, 2 * i + 1, -i};
    }

    private static GalleryEntry entry(int i) {
        return new GalleryEntry(i + ".jpg", i % 3, i % 2, null);
    }

    /** Ten entries of two commits; the second removes one, too. */
    private void fill() throws IOException {
        try (Gallery gallery = Gallery.openOrCreate(folder(), 3, DistanceMetric.EUCLIDEAN)) {
            for (int i = 0; i < ENTRIES; i++) {
                gallery.add(entry(i), feature(i));
                if (i == FIRST - 1) {
                    gallery.commit();
                }
            }
            gallery.remove("2.jpg");
            gallery.commit();
        }
    }

    private static List<String> paths(Gallery gallery) throws IOException {
        java.util.ArrayList<String> paths = new java.util.ArrayList<>();
        gallery.forEach((entry, feature) -> {
            int i = Integer.parseInt(entry.path().replace(".jpg", ""));
            assertThat(feature).isEqualTo(feature(i));
            assertThat(entry).isEqualTo(entry(i));
            paths.add(entry.path());
        });
        return paths;
    }

    private static List<String> numbers(int from, int to, int except) {
        return java.util.stream.IntStream.range(from, to)
                .filter(i -> i != except)
                .mapToObj(i -> i + ".jpg")
                .toList();
    }

    @Test
    void aCutLogLosesNoCommitThatItStillHolds() throws IOException {
        fill();
        Path log = folder().resolve("entries-1.log");
        byte[] whole = Files.readAllBytes(log);
        Path features = folder().resolve("features-1.bin");
        byte[] rows = Files.readAllBytes(features);
        int cut = 0;
        for (int length = 64; length < whole.length; length++) {
            // As a kill leaves it: the promise of what is committed is written after it.
            byte[] torn = Arrays.copyOf(whole, length);
            Arrays.fill(torn, 32, 44, (byte) 0);
            for (boolean writable : new boolean[] {false, true}) {
                Files.write(log, torn);
                Files.write(features, rows);
                try (Gallery gallery = writable ? Gallery.openForWriting(folder()) : Gallery.open(folder())) {
                    List<String> paths = paths(gallery);
                    assertThat(paths).isIn(List.of(), numbers(0, FIRST, -1));
                    cut += paths.size() == FIRST ? 1 : 0;
                }
            }
            // The same length with the promise is damage.
            byte[] damaged = Arrays.copyOf(whole, length);
            Files.write(log, damaged);
            assertThatThrownBy(() -> Gallery.open(folder()))
                    .isInstanceOf(GalleryException.class)
                    .hasMessageContaining("entries-1.log: is damaged: the record at byte ");
        }
        assertThat(cut).isGreaterThan(100);
    }

    @Test
    void aTornTailIsCutAndWrittenOver() throws IOException {
        fill();
        Path log = folder().resolve("entries-1.log");
        byte[] whole = Files.readAllBytes(log);
        byte[] torn = Arrays.copyOf(whole, whole.length + 30);
        System.arraycopy(whole, 64, torn, whole.length, 30); // a leftover: a record of another place
        Files.write(log, torn);
        try (Gallery gallery = Gallery.openForWriting(folder())) {
            assertThat(paths(gallery)).isEqualTo(numbers(0, ENTRIES, 2));
            assertThat(Files.size(log)).isEqualTo(whole.length);
            gallery.add(entry(11), feature(11));
            gallery.commit();
        }
        try (Gallery gallery = Gallery.open(folder())) {
            assertThat(gallery.size()).isEqualTo(ENTRIES);
        }
    }

    @Test
    void everyDamagedByteIsNamedOrDoesNotMatter() throws IOException {
        fill();
        for (Path file : files()) {
            byte[] whole = Files.readAllBytes(file);
            int named = 0;
            int tested = 0;
            for (int at = 0; at < whole.length; at++) {
                if (at > 200 && at < 4096 - 10 && whole[at] == 0) {
                    continue; // padding
                }
                byte[] damaged = whole.clone();
                damaged[at] ^= 0x10;
                Files.write(file, damaged);
                tested++;
                try (Gallery gallery = Gallery.open(folder())) {
                    gallery.verify();
                    List<GalleryHit> hits = gallery.search(feature(4), SearchOptions.nearest(ENTRIES));
                    assertThat(hits).hasSize(ENTRIES - 1);
                    assertThat(hits.get(0).distance()).isZero();
                    assertThat(paths(gallery)).isEqualTo(numbers(0, ENTRIES, 2));
                } catch (GalleryException e) {
                    named++;
                    assertThat(e).hasMessageContaining("damaged").hasMessageNotContaining("\n");
                } catch (IllegalArgumentException e) {
                    throw new AssertionError(file + " byte " + at, e);
                }
            }
            Files.write(file, whole);
            assertThat(named).as("%s", file).isGreaterThan(tested / 3);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.sorted().toList();
        }
    }

    @Test
    void missingAndShortFilesAreNamed() throws IOException {
        fill();
        Path features = folder().resolve("features-1.bin");
        byte[] whole = Files.readAllBytes(features);
        assertThat(whole).hasSize(4096 + ENTRIES * 12);
        Files.write(features, Arrays.copyOf(whole, whole.length - 1));
        for (boolean writable : new boolean[] {false, true}) {
            assertThatThrownBy(() -> open(writable))
                    .isInstanceOf(GalleryException.class)
                    .hasMessageContaining(
                            "features-1.bin: is damaged: has 4215 bytes, expected at least 4216 for 10 entries");
        }
        Files.delete(features);
        for (boolean writable : new boolean[] {false, true}) {
            assertThatThrownBy(() -> open(writable))
                    .isInstanceOf(GalleryException.class)
                    .hasMessageContaining("is damaged: features-1.bin is missing");
        }
        assertThatThrownBy(() -> Gallery.open(temporary.resolve("none")))
                .isInstanceOf(GalleryException.class)
                .hasMessageEndingWith("none: no such folder, expected a gallery (mgn gallery add creates one)");
        assertThatThrownBy(() -> Gallery.open(temporary))
                .isInstanceOf(GalleryException.class)
                .hasMessageContaining("holds no gallery.json");
        assertThatThrownBy(() -> Gallery.openOrCreate(temporary, 3, DistanceMetric.EUCLIDEAN))
                .isInstanceOf(GalleryException.class)
                .hasMessageContaining("holds 'gallery' and no gallery");
    }

    private void open(boolean writable) throws IOException {
        (writable ? Gallery.openForWriting(folder()) : Gallery.open(folder())).close();
    }

    @Test
    void aGalleryWithoutItsManifestIsNotWrittenOver() throws IOException {
        fill();
        Path manifest = folder().resolve("gallery.json");
        byte[] content = Files.readAllBytes(manifest);
        Files.delete(manifest);
        assertThatThrownBy(() -> Gallery.openOrCreate(folder(), 3, DistanceMetric.EUCLIDEAN))
                .isInstanceOf(GalleryException.class)
                .hasMessageContaining("is damaged: it holds entries, but gallery.json is missing");
        Files.write(manifest, content);
        try (Gallery gallery = Gallery.open(folder())) {
            assertThat(paths(gallery)).isEqualTo(numbers(0, ENTRIES, 2));
        }
    }

    @Test
    void aNewerVersionIsNamed() throws IOException {
        fill();
        Path manifest = folder().resolve("gallery.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"version\":1", "\"version\":2"));
        assertThatThrownBy(() -> Gallery.open(folder()))
                .isInstanceOf(GalleryException.class)
                .hasMessageEndingWith("gallery.json: has version 2, expected at most 1: a newer mgn4j wrote it");
    }

    @Test
    void aFolderHasOneWriterAndAnyNumberOfReaders() throws IOException {
        fill();
        try (Gallery writer = Gallery.openForWriting(folder());
                Gallery reader = Gallery.open(folder())) {
            assertThatThrownBy(() -> Gallery.openForWriting(folder()))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("is being written to by process");
            assertThatThrownBy(() -> reader.add(entry(20), feature(20))).isInstanceOf(IllegalStateException.class);
            writer.add(entry(20), feature(20));
            assertThat(reader.refresh()).isFalse();
            writer.commit();
            assertThat(reader.size()).isEqualTo(ENTRIES - 1);
            assertThat(reader.refresh()).isTrue();
            assertThat(reader.size()).isEqualTo(ENTRIES);
            writer.compact();
            assertThat(reader.search(feature(20), SearchOptions.nearest(1))
                            .get(0)
                            .distance())
                    .isZero(); // the old files are gone, but not for those who have them open
            assertThat(reader.refresh()).isTrue();
            assertThat(reader.search(feature(20), SearchOptions.nearest(1))
                            .get(0)
                            .distance())
                    .isZero();
            assertThat(files().stream().map(Path::getFileName).map(Path::toString))
                    .contains("entries-2.log", "features-2.bin")
                    .doesNotContain("entries-1.log", "features-1.bin");
        }
        assertThat(files().stream().map(Path::getFileName).map(Path::toString))
                .containsExactly("entries-2.log", "features-2.bin", "gallery.json");
    }

    @Test
    void whatWasNotCommittedIsGone() throws IOException {
        fill();
        try (Gallery gallery = Gallery.openForWriting(folder())) {
            gallery.add(entry(20), feature(20));
            assertThat(gallery.removeIf(entry -> Objects.equals(entry.camid(), 0)))
                    .isEqualTo(5);
            assertThat(gallery.size()).isEqualTo(ENTRIES - 1);
        }
        try (Gallery gallery = Gallery.open(folder())) {
            assertThat(paths(gallery)).isEqualTo(numbers(0, ENTRIES, 2));
        }
    }

    @Test
    void aGalleryOfVersionOneOpens() throws IOException {
        Path old = temporary.resolve("old");
        Files.createDirectories(old);
        for (String name : List.of("gallery.json", "entries-1.log", "features-1.bin")) {
            try (InputStream in = GalleryFilesTest.class.getResourceAsStream("version1/" + name)) {
                Files.copy(Objects.requireNonNull(in, name), old.resolve(name));
            }
        }
        for (boolean writable : new boolean[] {false, true}) {
            try (Gallery gallery = writable ? Gallery.openForWriting(old) : Gallery.open(old)) {
                assertThat(paths(gallery)).isEqualTo(numbers(0, ENTRIES, 2));
                assertThat(gallery.stats())
                        .isEqualTo(new GalleryStats(
                                9,
                                2,
                                3,
                                DistanceMetric.EUCLIDEAN,
                                gallery.stats().bytes(),
                                1,
                                0,
                                1));
            }
        }
    }

    /** {@code -Dmgn.fixtures.write=true} writes the files, for a new version. */
    @Test
    void theFormatIsThatOfTheVersion() throws IOException {
        fill();
        for (Path file : files()) {
            if (Boolean.getBoolean("mgn.fixtures.write")) {
                Path resources = Path.of("src/test/resources/io/github/mgn4j/gallery/version1");
                Files.createDirectories(resources);
                Files.copy(file, resources.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                continue;
            }
            try (InputStream in = GalleryFilesTest.class.getResourceAsStream("version1/" + file.getFileName())) {
                assertThat(Files.readAllBytes(file))
                        .as("%s: a change of the format needs a new version", file)
                        .isEqualTo(Objects.requireNonNull(in).readAllBytes());
            }
        }
    }
}
