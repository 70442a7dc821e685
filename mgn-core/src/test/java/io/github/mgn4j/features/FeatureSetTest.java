package io.github.mgn4j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureSetTest {
    @TempDir
    Path folder;

    private Path npy() {
        return folder.resolve("f.npy");
    }

    private Path csv() {
        return folder.resolve("f.csv");
    }

    private static FeatureSet set(String... paths) {
        float[][] rows = new float[paths.length][3];
        for (int i = 0; i < paths.length; i++) {
            rows[i][0] = i;
        }
        return new FeatureSet(
                FeatureMatrix.ofRows(rows),
                new FeatureTable(List.of(paths).stream()
                        .map(path -> new FeatureTable.Entry(path, 1, 1))
                        .toList()));
    }

    @Test
    void aPairIsReadBack() throws IOException {
        FeatureSet set = set("a.jpg", "ä, \"b\".jpg");
        set.write(npy());
        assertThat(FeatureSet.read(npy())).isEqualTo(set);
        assertThat(NpyFile.read(npy())).isEqualTo(set.features());
        String header = new String(Files.readAllBytes(npy()), StandardCharsets.ISO_8859_1).substring(10, 192);
        assertThat(header.stripTrailing()).isEqualTo("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
        assertThat(Files.readString(csv())).isEqualTo("row,path,pid,camid\n0,a.jpg,1,1\n1,\"ä, \"\"b\"\".jpg\",1,1\n");
    }

    @Test
    void theTableOfOtherImagesIsRefused() throws IOException {
        for (FeatureSet other : List.of(set("b.jpg", "a.jpg"), set("a.jpg", "c.jpg"), set("a.jpgb.jpg", ""))) {
            other.write(folder.resolve("other.npy"));
            set("a.jpg", "b.jpg").write(npy());
            Files.copy(folder.resolve("other.csv"), csv(), StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(() -> FeatureSet.read(npy()))
                    .isInstanceOf(FeatureException.class)
                    .hasMessageStartingWith("%s: its paths are not those that %s was written with", csv(), npy());
        }
    }

    @Test
    void labelsMayBeFilledIn() throws IOException {
        set("a.jpg", "b.jpg").write(npy());
        Files.writeString(csv(), "row,path,pid,camid\r\n0,\"a.jpg\",7,2\r\n1,b.jpg,8,2\r\n");
        assertThat(FeatureSet.read(npy()).table().entries())
                .containsExactly(new FeatureTable.Entry("a.jpg", 7, 2), new FeatureTable.Entry("b.jpg", 8, 2));
    }

    /** What NumPy or an older version wrote has no mark: the number of rows decides. */
    @Test
    void featuresWithoutAMarkTakeAnyTableOfTheirLength() throws IOException {
        NpyFile.write(npy(), set("a.jpg", "b.jpg").features());
        set("c.jpg", "d.jpg").table().write(csv());
        assertThat(FeatureSet.read(npy()).table())
                .isEqualTo(set("c.jpg", "d.jpg").table());
        set("c.jpg").table().write(csv());
        assertThatThrownBy(() -> FeatureSet.read(npy())).hasMessageContaining("has 1 rows, expected 2");
    }

    @Test
    void neitherAppearsWhenOneFails() throws IOException {
        Files.createDirectories(csv());
        assertThatThrownBy(() -> set("a.jpg").write(npy())).isInstanceOf(IOException.class);
        assertThat(npy()).doesNotExist();
        Files.delete(csv());
        set("a.jpg", "b.jpg").write(npy());
        assertThatThrownBy(() -> FeatureSet.writeRows(npy(), 3, sink -> {
                    sink.append(new FeatureTable.Entry("c.jpg", 1, 1), new float[3]);
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");
        assertThat(FeatureSet.read(npy())).isEqualTo(set("a.jpg", "b.jpg"));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(npy(), csv());
        }
    }
}
