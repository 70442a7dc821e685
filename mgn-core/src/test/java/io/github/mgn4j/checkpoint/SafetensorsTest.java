package io.github.mgn4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatItWrote() throws IOException {
        Path file = folder.resolve("a.safetensors");
        float[] odd = {0, -0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, 1.1f};
        Map<String, Tensor> tensors = ImmutableMap.of(
                "z", Tensor.of(odd, 2, 3),
                "scalar", Tensor.of(new float[] {7}),
                "none", Tensor.of(new float[0], 3, 0),
                "ä\"\n", Tensor.of(new float[] {1, 2}, 2));
        Safetensors.write(file, tensors, Map.of("b", "two\n", "a", "{\"x\":1}"));
        TensorFile read = Safetensors.read(file);
        assertThat(read.metadata()).isEqualTo(Map.of("b", "two\n", "a", "{\"x\":1}"));
        assertThat(read.tensors().keySet()).containsExactly("z", "scalar", "none", "ä\"\n");
        tensors.forEach((name, tensor) -> {
            assertThat(Weights.of(read.tensors()).get(name).shape()).isEqualTo(tensor.shape());
            assertThat(bits(Weights.of(read.tensors()).get(name))).isEqualTo(bits(tensor));
        });
        assertThat(Weights.of(read.tensors()).get("z").data().isDirect()).isTrue();
    }

    @Test
    void writesTheFormatByteForByteAndAlignsTheValues() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, ImmutableMap.of("a", Tensor.of(new float[] {1, -2}, 1, 2)), Map.of("k", "v"));
        String json =
                "{\"__metadata__\":{\"k\":\"v\"},\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
        String padded = json + " ".repeat((8 - json.length() % 8) % 8);
        ByteBuffer expected = ByteBuffer.allocate(8 + padded.length() + 8).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(padded.length()).put(padded.getBytes(StandardCharsets.UTF_8));
        expected.putFloat(1).putFloat(-2);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
    }

    @Test
    void valuesLongerThanTheWritersBufferAreWhole() throws IOException {
        Path file = folder.resolve("a.safetensors");
        float[] values = new float[700_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i * 0.5f;
        }
        Safetensors.write(file, Map.of("a", Tensor.of(values, values.length)), Map.of());
        assertThat(Weights.of(Safetensors.read(file).tensors()).get("a").toArray())
                .isEqualTo(values);
    }

    @Test
    void otherTypesBecomeFloat32() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(34).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0.1).putShort((short) 0x3e00).putShort((short) 0xbfc0);
        data.putLong(-3)
                .putInt(-4)
                .putShort((short) -5)
                .put((byte) -6)
                .put((byte) 250)
                .put((byte) 1);
        data.put((byte) 0).putFloat(8);
        String[] names = {"F64", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL", "BOOL", "F32"};
        int[] sizes = {8, 2, 2, 8, 4, 2, 1, 1, 1, 1, 4};
        StringBuilder json = new StringBuilder("{");
        int offset = 0;
        for (int i = 0; i < names.length; i++) {
            json.append("%s\"t%d\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[%d,%d]}"
                    .formatted(i == 0 ? "" : ",", i, names[i], offset, offset + sizes[i]));
            offset += sizes[i];
        }
        Path file = TestFiles.safetensors(folder.resolve("a"), json + "}", data.array());
        float[] expected = {0.1f, 1.5f, -1.5f, -3, -4, -5, -6, 250, 1, 0, 8};
        Weights tensors = Weights.of(Safetensors.read(file).tensors());
        for (int i = 0; i < expected.length; i++) {
            assertThat(tensors.get("t" + i).toArray()).containsExactly(expected[i]);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}} | needs 8 bytes, its offsets are 0 to 4
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | ends at 8, the file has 4 bytes of data
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}} | its offsets are -4 to 0
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | begins at 4, leaving a hole (expected 0)
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | begins at 0, overlapping another
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}} | tensor 'a' occurs twice
            {"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}} | has two shapes
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}} | has an unknown key 'x'
            {"a":{"dtype":"F32","shape":[1]}} | must have a dtype, a shape and two data_offsets
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}} | must have a dtype, a shape and two data_offsets
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}} | too long a data_offsets
            {"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}} | has a shape that is no number
            {"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}} | has type 'F8_E4M3', known are
            {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}} | impossible shape
            {"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,0]}} | impossible shape
            {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}} | impossible shape
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1e99]}} | is not the JSON expected
            {"__metadata__":{"k":1}} | metadata 'k' is not a text
            {"__metadata__":{"k":"1","k":"1"}} | metadata 'k' occurs twice
            {"__metadata__":{},"__metadata__":{}} | '__metadata__' occurs twice
            {} | its tensors take 0 bytes, the file has 4 bytes of data
            {}{} | is not the JSON expected
            {"a":3} | is not the JSON expected
            {"a":{"dtype":"F32" | is not the JSON expected
            [1,2] | does not begin with '{'
            """)
    void aHeaderThatClaimsWronglyIsRefused(String header, String message) throws IOException {
        Path file = TestFiles.safetensors(folder.resolve("bad"), header, new byte[4]);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 11, 99_999_999, 100_000_001, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void aHeaderLengthBeyondTheFileIsRefused(long length) throws IOException {
        Path file = TestFiles.safetensors(folder.resolve("bad"), length, "{}        ".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessage(
                        "%s: claims a safetensors header of %s bytes, expected 2 to 10",
                        file, Long.toUnsignedString(length));
    }

    @Test
    void missingFoldersAndEmptyFilesAreNamed() throws IOException {
        Path missing = folder.resolve("none");
        assertThatThrownBy(() -> Safetensors.read(missing)).hasMessage(missing + ": no such file");
        assertThatThrownBy(() -> Safetensors.read(folder))
                .hasMessage(folder + ": is a folder, expected a file of weights");
        Path empty = Files.createFile(folder.resolve("empty"));
        assertThatThrownBy(() -> Safetensors.read(empty)).hasMessage(empty + " is empty");
        Path notUtf8 = TestFiles.safetensors(folder.resolve("utf"), 4, new byte[] {'{', '"', (byte) 0xff, '}'});
        assertThatThrownBy(() -> Safetensors.read(notUtf8)).hasMessageContaining("is not UTF-8");
    }

    @Test
    void aFileBeyondTwoGigabytesIsMapped() throws IOException {
        // Sparse: only the ends take room on disk.
        Path file = folder.resolve("large");
        long count = 300_000_000;
        String json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]},".formatted(count, 4 * count)
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[%d,%d]},"
                        .formatted(count, 4 * count, 8 * count)
                + "\"c\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}"
                        .formatted(8 * count, 8 * count + 4);
        TestFiles.safetensors(file, json);
        try (var channel = Files.newByteChannel(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(8 + json.length() + 8 * count - 4);
            channel.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(5)
                    .putFloat(6)
                    .flip());
        }
        Weights tensors = Weights.of(Safetensors.read(file).tensors());
        assertThat(tensors.get("a").get((int) count - 1)).isZero();
        assertThat(tensors.get("b").get((int) count - 1)).isEqualTo(5);
        assertThat(tensors.get("c").get(0)).isEqualTo(6);
    }

    @Test
    void halfPrecisionIsExactForEveryPattern() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 31;
            int fraction = bits & 1023;
            double magnitude = exponent == 0
                    ? fraction * Math.pow(2, -24)
                    : exponent < 31
                            ? (1 + fraction / 1024.0) * Math.pow(2, exponent - 15)
                            : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            float expected = (float) (bits >= 1 << 15 ? -magnitude : magnitude);
            assertThat(Float.floatToIntBits(DType.half((short) bits))).isEqualTo(Float.floatToIntBits(expected));
        }
    }

    private static int[] bits(Tensor tensor) {
        float[] values = tensor.toArray();
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }
}
