package io.github.mgn4j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.features.FeatureTable.Entry;
import io.github.mgn4j.image.ReidImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureTableTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        FeatureTable table = new FeatureTable(List.of(
                new Entry("0002_c1s1_000451_03.jpg", 2, 1),
                new Entry("-1_c3s2_000001_00.jpg", -1, 3),
                new Entry("a \"name\", with\nall sorts/ä.png", null, null),
                new Entry("", 7, null)));
        Path file = folder.resolve("f.csv");
        table.write(file);
        assertThat(FeatureTable.read(file)).isEqualTo(table);
        assertThat(Files.readString(file))
                .startsWith("row,path,pid,camid\n0,0002_c1s1_000451_03.jpg,2,1\n1,-1_c3s2_000001_00.jpg,-1,3\n")
                .contains("2,\"a \"\"name\"\", with\nall sorts/ä.png\",,\n");
    }

    @Test
    void rowsAreImagesBelowAFolder() throws IOException {
        FeatureTable table = new FeatureTable(List.of(
                Entry.of(folder, folder.resolve("query/0002_c1s1_000451_03.jpg")),
                new Entry("a/b.jpg", -1, null),
                new Entry("", 7, 3),
                new Entry("nul\0.jpg", 0, 2)));
        assertThat(table.entries().get(0)).isEqualTo(new Entry("query/0002_c1s1_000451_03.jpg", 2, 1));
        assertThat(table.images(folder))
                .containsExactly(
                        new ReidImage(folder.resolve("query/0002_c1s1_000451_03.jpg"), 2, 1),
                        new ReidImage(folder.resolve("a/b.jpg"), ReidImage.JUNK, ReidImage.UNKNOWN_CAMERA),
                        new ReidImage(folder, 7, 3),
                        new ReidImage(folder, ReidImage.DISTRACTOR, 2)); // no system has such a path
        assertThat(table.isOf(folder)).isFalse();
        Files.createDirectories(folder.resolve("query"));
        Files.createFile(folder.resolve("query/0002_c1s1_000451_03.jpg"));
        assertThat(table.isOf(folder)).isTrue();
        assertThat(new FeatureTable(List.of()).isOf(folder)).isFalse();

        Entry unknown = Entry.of(folder, folder.resolve("x.jpg"));
        assertThat(unknown).isEqualTo(new Entry("x.jpg", null, null));
        assertThatThrownBy(() -> new FeatureTable(List.of(unknown)).images(folder))
                .isInstanceOf(FeatureException.class)
                .hasMessage("row 0 (x.jpg) has no pid, expected one for every image");
    }

    @Test
    void readsWhatOthersWrite() throws IOException {
        Path file = write("\ufeffrow,path,pid,camid\r\n0,\"a.jpg\",3,1\r\n\r\n1,b.jpg,,");
        assertThat(FeatureTable.read(file).entries())
                .containsExactly(new Entry("a.jpg", 3, 1), new Entry("b.jpg", null, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "'';begins with '', expected the header 'row,path,pid,camid'",
                "path,pid;begins with 'path,pid', expected the header",
                "row,path,pid,camid|0,a;line 2 has 2 fields, expected 4",
                "row,path,pid,camid|1,a,1,1;line 2 is row '1', expected 0",
                "row,path,pid,camid|0,a,1,1|0,b,1,1;line 3 is row '0', expected 1",
                "row,path,pid,camid|0,a,\"x|y\",1;~line 2 has pid 'x; y', expected a whole number~",
                "row,path,pid,\"cam|id\";~begins with 'row,path,pid,cam; id', expected the header~",
                "row,path,pid,camid|0,a,x,1;line 2 has pid 'x', expected a whole number of at most 2147483647 or nothing",
                "row,path,pid,camid|0,a,20230501123456,1;line 2 has pid '20230501123456', expected a whole number of at most",
                "row,path,pid,camid|0,a,1,99999999999;line 2 has camid '99999999999'",
                "row,path,pid,camid|0,\"a,1,1;quote at character",
                "row,path,pid,camid|0,a\"b,1,1;line 2: a quote or carriage return inside a field",
            })
    void refusesWhatIsNoTable(String text, String message) throws IOException {
        Path file = write(text.equals("''") ? "" : text.replace('|', '\n'));
        assertThatThrownBy(() -> FeatureTable.read(file))
                .isInstanceOf(FeatureException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void refusesBytesThatAreNoText() throws IOException {
        Path file = Files.write(folder.resolve("f.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> FeatureTable.read(file)).hasMessage(file + ": is not UTF-8 text");
    }

    @Test
    void liesBesideItsFeatures() {
        assertThat(FeatureTable.beside(Path.of("out/q.npy"))).isEqualTo(Path.of("out/q.csv"));
        assertThat(FeatureTable.beside(Path.of("q.x.NPY"))).isEqualTo(Path.of("q.x.csv"));
        assertThat(FeatureTable.beside(Path.of("features"))).isEqualTo(Path.of("features.csv"));
    }

    @Test
    void aSetIsWrittenAndReadWithItsTable() throws IOException {
        FeatureSet set = new FeatureSet(
                FeatureMatrix.ofRows(new float[] {1, 2}, new float[] {3, 4}),
                new FeatureTable(List.of(new Entry("a", 1, 1), new Entry("b", null, 2))));
        Path npy = folder.resolve("f.npy");
        set.write(npy);
        assertThat(FeatureSet.read(npy)).isEqualTo(set);

        new FeatureTable(set.table().entries().subList(0, 1)).write(FeatureTable.beside(npy));
        assertThatThrownBy(() -> FeatureSet.read(npy))
                .isInstanceOf(FeatureException.class)
                .hasMessage("%s: has 1 rows, expected 2 as in %s", folder.resolve("f.csv"), npy);
    }

    private Path write(String text) throws IOException {
        return Files.write(folder.resolve("f.csv"), text.getBytes(StandardCharsets.UTF_8));
    }
}
