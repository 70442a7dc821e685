package io.github.mgn4j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fixtures are written by NumPy: tools/reference/npy_fixtures.py. */
class NpyFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"f4", "f4_big_endian", "f4_fortran", "f4_v2", "f4_v3", "f8", "f8_fortran"})
    void readsWhatNumPyWrites(String name) throws Exception {
        FeatureMatrix features = NpyFile.read(fixture(name));
        assertThat(features.rows()).isEqualTo(5);
        assertThat(features.dims()).isEqualTo(3);
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 3; j++) {
                assertThat(features.get(i, j)).isEqualTo(i + j / 8f);
            }
        }
    }

    /** As Python 2 wrote headers, and types in the machine's own byte order. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "<f4; (2L, 3L)",
                "<f4; (2L, 3)",
                ">f4; (2, 3L,)",
                "=f4; (2, 3)",
                "|f8; (2, 3)",
                "f8; (2L, 3L)",
            })
    void readsOlderHeaders(String type, String shape) throws IOException {
        String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
        ByteOrder order = type.startsWith("<")
                ? ByteOrder.LITTLE_ENDIAN
                : type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.nativeOrder();
        ByteBuffer file = ByteBuffer.allocate(10 + text.length() + 6 * (type.endsWith("4") ? 4 : 8));
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length(), 0});
        file.put(text.getBytes(StandardCharsets.US_ASCII)).order(order);
        for (int i = 0; i < 6; i++) {
            file = type.endsWith("4") ? file.putFloat(i) : file.putDouble(i);
        }
        assertThat(NpyFile.read(Files.write(folder.resolve("old.npy"), file.array())))
                .isEqualTo(FeatureMatrix.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3));
    }

    @Test
    void readsAMatrixWithoutRows() throws Exception {
        assertThat(NpyFile.read(fixture("no_rows"))).hasToString("float32[0, 3]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "i4; values of type '<i4', expected float32",
                "f2; values of type '<f2', expected float32",
                "structured; values of type [('a', '<f4'), ('b', '<f4')], expected float32",
                "one_axis; shape is (3,), expected two axes",
                "three_axes; shape is (1, 5, 3), expected two axes",
                "nan; row 3, column 1 is NaN",
                "inf_fortran; row 4, column 0 is -Infinity",
                "too_large; row 2, column 2 is 1.0E39, expected a finite float32 value",
            })
    void refusesOtherArraysByName(String name, String message) throws Exception {
        Path file = fixture(name);
        assertThatThrownBy(() -> NpyFile.read(file))
                .isInstanceOf(FeatureException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void refusesEveryTruncation() throws Exception {
        for (String name : new String[] {"f4", "f4_v2", "f8_fortran"}) {
            byte[] whole = Files.readAllBytes(fixture(name));
            for (int length = 0; length < whole.length; length++) {
                Path file = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> NpyFile.read(file))
                        .as("%s cut to %d bytes", name, length)
                        .isInstanceOf(FeatureException.class)
                        .hasMessageContaining("cut.npy");
            }
            Path longer = Files.write(folder.resolve("longer.npy"), Arrays.copyOf(whole, whole.length + 1));
            assertThatThrownBy(() -> NpyFile.read(longer))
                    .hasMessageContaining("has %d bytes, expected %d".formatted(whole.length + 1, whole.length));
        }
    }

    /** Whatever one byte of the header becomes: a matrix of the same number of values or a refusal, nothing else. */
    @Test
    void aDamagedHeaderIsRefusedOrHarmless() throws Exception {
        byte[] whole = Files.readAllBytes(fixture("f4_v2"));
        Random random = new Random(1);
        Path file = folder.resolve("damaged.npy");
        int refused = 0;
        for (int n = 0; n < 600; n++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(128)] = (byte) random.nextInt(256);
            Files.write(file, damaged);
            try {
                assertThat(NpyFile.read(file).data()).hasSize(15);
            } catch (FeatureException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(100, 600);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "(2000000000, 2000000000); fewer than 2^31 values",
                "(9999999999999999, 9999999999999999); fewer than 2^31 values",
                "(99999999999999999999, 1); expected two axes",
                "(-1, 3); expected two axes",
                "(5, 0); at least one value per image",
                "(500000, 2048); has 139 bytes, expected",
            })
    void checksSizesBeforeItAllocates(String shape, String message) throws Exception {
        assertRefused(header("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}"), message);
    }

    @Test
    void refusesHeadersThatAreNone() throws Exception {
        assertRefused("<html>not a matrix</html>".getBytes(StandardCharsets.US_ASCII), "not a NumPy file");
        assertRefused(header("{'descr': '<f4', 'shape': (1, 1)}"), "fortran_order is missing");
        assertRefused(header("{'fortran_order': False, 'shape': (1, 1)}"), "values of type no type");
        assertRefused(header("{'descr': '<f4', 'fortran_order': False}"), "shape is missing");
        assertRefused(header("{'descr': __import__('os')}"), "header is not a dictionary");
        byte[] version = header("{}");
        version[6] = 4;
        assertRefused(version, "NumPy format version 4, expected 1 to 3");
        byte[] length = Files.readAllBytes(fixture("f4_v2"));
        ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putInt(8, -1);
        assertRefused(length, "header of 4294967295 bytes");
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        assertThatThrownBy(() -> NpyFile.read(folder.resolve("none.npy")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none.npy");
        assertThatThrownBy(() -> NpyFile.read(folder))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining("is a folder");
    }

    @Test
    void writesWhatNumPyWrites() throws Exception {
        Path file = folder.resolve("f.npy");
        NpyFile.write(file, NpyFile.read(fixture("f4")));
        byte[] numpy = Files.readAllBytes(fixture("f4"));
        byte[] ours = Files.readAllBytes(file);
        assertThat(ours).hasSize(numpy.length).endsWith(Arrays.copyOfRange(numpy, 128, numpy.length));
        String text = new String(ours, 10, 118, StandardCharsets.US_ASCII);
        assertThat(text)
                .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3), } ")
                .endsWith(" \n");
        assertThat(NpyFile.read(file)).isEqualTo(NpyFile.read(fixture("f4")));
    }

    @Test
    void streamsRowsOfAnUnknownNumber() throws Exception {
        Path file = folder.resolve("f.npy");
        Random random = new Random(2);
        int rows = 700; // more than the buffer holds
        int dims = 1001;
        float[] data = new float[rows * dims];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat();
        }
        NpyFile.writeRows(file, dims, sink -> {
            for (int i = 0; i < rows; i++) {
                sink.append(Arrays.copyOfRange(data, i * dims, (i + 1) * dims));
            }
        });
        assertThat(NpyFile.read(file)).isEqualTo(FeatureMatrix.of(data, rows, dims));
    }

    @Test
    void aRowOfAnotherLengthLeavesNoFile() {
        Path file = folder.resolve("f.npy");
        assertThatThrownBy(() -> NpyFile.writeRows(file, 3, sink -> {
                    sink.append(new float[3]);
                    sink.append(new float[2]);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("row 1 has 2 values, expected 3");
        assertThat(folder).isEmptyDirectory();
    }

    private void assertRefused(byte[] contents, String message) throws IOException {
        Path file = Files.write(folder.resolve("refused.npy"), contents);
        assertThatThrownBy(() -> NpyFile.read(file))
                .isInstanceOf(FeatureException.class)
                .hasMessageContaining("refused.npy: ")
                .hasMessageContaining(message);
    }

    /** A file of 139 bytes with a header of version 1. */
    private static byte[] header(String text) {
        ByteBuffer file = ByteBuffer.allocate(139).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
        file.put((text + " ".repeat(118 - text.length())).getBytes(StandardCharsets.US_ASCII));
        return file.array();
    }

    private static Path fixture(String name) throws URISyntaxException {
        return Path.of(NpyFileTest.class.getResource("/npy/" + name + ".npy").toURI());
    }
}
