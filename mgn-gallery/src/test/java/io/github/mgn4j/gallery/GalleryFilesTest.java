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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void aLargeChangeIsWrittenAheadOfItsCommit() throws IOException {
        int large = 100_000;
        Path log = folder().resolve("entries-1.log");
        fill();
        long committed = Files.size(log);
        try (Gallery gallery = Gallery.openForWriting(folder())) {
            for (int i = ENTRIES; i < large; i++) {
                gallery.add(entry(i), feature(i));
            }
            gallery.remove("3.jpg");
            assertThat(Files.size(log)).isGreaterThan(committed + (1 << 20));
            assertThat(gallery.size()).isEqualTo(ENTRIES - 1);
            try (Gallery reader = Gallery.open(folder())) {
                assertThat(paths(reader)).isEqualTo(numbers(0, ENTRIES, 2));
            }
        }
        try (Gallery gallery = Gallery.openForWriting(folder())) {
            assertThat(Files.size(log)).isEqualTo(committed);
            assertThat(paths(gallery)).isEqualTo(numbers(0, ENTRIES, 2));
            try (Gallery reader = Gallery.open(folder())) {
                for (int i = ENTRIES; i < large; i++) {
                    gallery.add(entry(i), feature(i));
                }
                assertThat(reader.refresh()).isFalse();
                gallery.commit();
                assertThat(reader.refresh()).isTrue();
                assertThat(paths(reader)).isEqualTo(numbers(0, large, 2));
            }
        }
        try (Gallery gallery = Gallery.open(folder())) {
            assertThat(paths(gallery)).isEqualTo(numbers(0, large, 2));
        }
    }

    private static final int MANY = 1000;

    private Path snapshot() {
        return folder().resolve("snapshot-1.bin");
    }

    /** A thousand entries, of which a snapshot knows all but the last hundred; every tenth was removed. */
    private List<String> fillMany() throws IOException {
        fill();
        try (Gallery gallery = Gallery.openForWriting(folder())) {
            for (int i = ENTRIES; i < MANY - 100; i++) {
                gallery.add(entry(i), feature(i));
            }
            gallery.commit();
            gallery.removeIf(entry -> entry.path().endsWith("7.jpg"));
            gallery.commit();
        }
        assertThat(snapshot()).exists();
        byte[] bytes = Files.readAllBytes(snapshot());
        try (Gallery gallery = Gallery.openForWriting(folder())) {
            for (int i = MANY - 100; i < MANY; i++) {
                gallery.add(entry(i), feature(i));
            }
            gallery.removeIf(entry -> entry.path().endsWith("7.jpg"));
            gallery.commit();
        }
        Files.write(snapshot(), bytes); // as a kill leaves it
        return numbers(0, MANY, 2).stream()
                .filter(path -> !path.endsWith("7.jpg"))
                .toList();
    }

    @Test
    void aSnapshotOpensAsTheLogDoes() throws IOException {
        List<String> expected = fillMany();
        GalleryStats stats;
        try (Gallery gallery = Gallery.open(folder())) {
            assertThat(paths(gallery)).isEqualTo(expected);
            stats = gallery.stats();
            gallery.verify();
        }
        byte[] bytes = Files.readAllBytes(snapshot());
        Files.delete(snapshot());
        try (Gallery gallery = Gallery.open(folder())) {
            assertThat(paths(gallery)).isEqualTo(expected);
            assertThat(gallery.stats()).isEqualTo(stats);
        }
        Files.write(snapshot(), bytes);
        try (Gallery gallery = Gallery.openForWriting(folder())) {
            gallery.add(entry(3), feature(3)); // replaces
            gallery.add(new GalleryEntry("new", 77, null, null), feature(4));
            gallery.add(new GalleryEntry("known", 1, null, null), feature(5));
            gallery.commit();
            assertThat(gallery.size()).isEqualTo(expected.size() + 2);
            assertThat(gallery.stats().people()).isEqualTo(stats.people() + 1);
            assertThat(gallery.search(feature(4), SearchOptions.nearest(5).people()))
                    .extracting(hit -> hit.entry().pid())
                    .containsExactlyInAnyOrder(0, 1, 2, 77);
        }
    }

    @Test
    void everyDamagedByteOfASnapshotIsNamedOrDoesNotMatter() throws IOException {
        List<String> expected = fillMany();
        byte[] whole = Files.readAllBytes(snapshot());
        int named = 0;
        int unused = 0;
        for (int at = 0; at < whole.length; at += at < 200 ? 1 : 97) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(snapshot(), damaged);
            try (Gallery gallery = Gallery.open(folder())) {
                try {
                    assertThat(paths(gallery)).isEqualTo(expected);
                    unused++;
                } catch (GalleryException e) {
                    named++;
                    assertThat(e)
                            .hasMessageContaining("snapshot-1.bin: is damaged")
                            .hasMessageContaining("delete");
                }
            } catch (GalleryException e) { // the chunk that goes on growing is read at once
                named++;
                assertThat(e).hasMessageContaining("snapshot-1.bin: is damaged");
            }
        }
        assertThat(unused).isBetween(100, 200); // a damaged header: the log is read instead
        assertThat(named).isGreaterThan(300);
        for (int length : new int[] {0, 31, 80, 120, whole.length - 1}) {
            Files.write(snapshot(), Arrays.copyOf(whole, length));
            try (Gallery gallery = Gallery.open(folder())) {
                assertThat(paths(gallery)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aSnapshotBelongsToItsLog() throws IOException {
        Path log = folder().resolve("entries-1.log");
        fill();
        byte[] old = Files.readAllBytes(log);
        fillMany();
        Files.write(log, old);
        assertThatThrownBy(() -> Gallery.open(folder()))
                .isInstanceOf(GalleryException.class)
                .hasMessageContaining("entries-1.log: is damaged: has " + old.length + " bytes, expected at least");
        Path other = temporary.resolve("other");
        try (Gallery gallery = Gallery.openOrCreate(other, 3, DistanceMetric.EUCLIDEAN)) {
            for (int i = 0; i < MANY; i++) {
                gallery.add(entry(i), feature(i));
            }
            gallery.commit();
        }
        Files.copy(other.resolve("entries-1.log"), log, StandardCopyOption.REPLACE_EXISTING);
        try (Gallery gallery = Gallery.open(folder())) {
            assertThat(gallery.size()).isEqualTo(MANY);
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
    @ParameterizedTest
    @CsvSource({"version1,10", "version1-snapshot,120"})
    void theFormatIsThatOfTheVersion(String version, int entries) throws IOException {
        fill();
        addUpTo(entries);
        for (Path file : files()) {
            if (Boolean.getBoolean("mgn.fixtures.write")) {
                Path resources = Path.of("src/test/resources/io/github/mgn4j/gallery", version);
                Files.createDirectories(resources);
                Files.copy(file, resources.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                continue;
            }
            try (InputStream in = GalleryFilesTest.class.getResourceAsStream(version + "/" + file.getFileName())) {
                assertThat(Files.readAllBytes(file))
                        .as("%s: a change of the format needs a new version", file)
                        .isEqualTo(Objects.requireNonNull(in).readAllBytes());
            }
        }
        assertThat(Files.exists(snapshot())).isEqualTo(entries > ENTRIES);
    }

    private void addUpTo(int entries) throws IOException {
        try (Gallery gallery = Gallery.openForWriting(folder())) {
            for (int i = ENTRIES; i < entries; i++) {
                gallery.add(entry(i), feature(i));
            }
            gallery.commit();
        }
    }

    @Test
    void aSnapshotOfVersionOneOpens() throws IOException {
        Files.createDirectories(folder());
        for (String name : List.of("gallery.json", "entries-1.log", "features-1.bin", "snapshot-1.bin")) {
            try (InputStream in = GalleryFilesTest.class.getResourceAsStream("version1-snapshot/" + name)) {
                Files.copy(Objects.requireNonNull(in, name), folder().resolve(name));
            }
        }
        Path log = folder().resolve("entries-1.log");
        byte[] bytes = Files.readAllBytes(log);
        bytes[100] ^= 1; // what the snapshot covers is not read
        Files.write(log, bytes);
        try (Gallery gallery = Gallery.open(folder())) {
            assertThat(paths(gallery)).isEqualTo(numbers(0, 120, 2));
            assertThatThrownBy(gallery::verify)
                    .isInstanceOf(GalleryException.class)
                    .hasMessageContaining("entries-1.log: is damaged: the record at byte 64 is not valid");
        }
    }
}
