package io.github.mgn4j.checkpoint;

import static io.github.mgn4j.checkpoint.Pickles.int32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
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

/** The file format before PyTorch 1.6; {@code tools/reference/make_checkpoint_fixtures.py} made the fixtures. */
class TorchLegacyTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "legacy-dtypes.pth, dtypes.pth",
        "legacy-views.pth, views.pth",
        "legacy.pth, model-key.pth",
        "module-whole-legacy.pth, module-state.pth"
    })
    void itHoldsTheSameAsTheZipForm(String legacy, String zip) throws IOException {
        Map<String, Tensor> expected = read(zip);
        Map<String, Tensor> found = read(legacy);
        assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, tensor) -> {
            Tensor other = Weights.of(found).get(name);
            assertThat(other.shape()).as(name).isEqualTo(tensor.shape());
            assertThat(other.toArray()).as(name).isEqualTo(tensor.toArray());
        });
    }

    @Test
    void contiguousFloat32IsNotCopied() throws IOException {
        Weights tensors = Weights.of(read("legacy-views.pth"));
        assertThat(tensors.get("base").data().isDirect()).isTrue();
        assertThat(tensors.get("permuted").data().isDirect()).isFalse();
        assertThat(tensors.get("tied")).isSameAs(tensors.get("base"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void everyProtocolThatCanHoldTensorsIsRead(int protocol) throws IOException {
        Weights tensors = Weights.of(read("legacy-protocol" + protocol + ".pth"));
        assertThat(tensors.get("a").toArray()).containsExactly(1, 2);
    }

    @Test
    void objectsBesideTheStateDictAreLeftOutWithTheirStorages() throws IOException {
        Weights tensors = Weights.of(read("legacy-beside.pth")); // complex and quantised tensors lie between
        assertThat(tensors.names()).containsExactly("a", "b");
        assertThat(tensors.get("a").toArray()).containsExactly(1, 2);
        assertThat(tensors.get("b").toArray()).containsExactly(3);
    }

    /** PyTorch writes values little-endian everywhere; its versions before 1.0 wrote their number as the machine does. */
    @ParameterizedTest
    @ValueSource(strings = {"python2.pth", "big-endian.pth", "big-endian-old.pth"})
    void filesOfPython2AndOfBigEndianMachinesAreRead(String name) throws IOException {
        Weights tensors = Weights.of(read(name));
        assertThat(tensors.names()).containsExactly("conv.weight", "conv.view", "conv.shared", "bn.count");
        float[] ramp = new float[12];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i;
        }
        assertThat(tensors.get("conv.weight").shape()).isEqualTo(new int[] {3, 4});
        assertThat(tensors.get("conv.weight").toArray()).isEqualTo(ramp);
        assertThat(tensors.get("conv.view").shape()).isEqualTo(new int[] {2, 2});
        assertThat(tensors.get("conv.view").toArray()).containsExactly(5, 7, 6, 8);
        assertThat(tensors.get("conv.shared").toArray()).containsExactly(8, 9, 10, 11);
        assertThat(tensors.get("bn.count").toArray()).containsExactly(17);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            legacy-protocol0.pth | the pickle is of protocol 0, which cannot hold tensors: save it again with pickle_protocol=2
            inside-quantised-legacy.pth | entry 'q' of the state dict is a quantised tensor (torch._utils._rebuild_qtensor); dense tensors of real numbers are read
            """)
    void otherFilesAreRefusedByName(String name, String message) throws IOException {
        Path file = TestFiles.resource(folder, name);
        assertThatThrownBy(() -> TorchCheckpoint.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void everyTruncationAndSurplusIsNamed() throws IOException {
        byte[] whole = Files.readAllBytes(TestFiles.resource(folder, "python2.pth"));
        Path cut = folder.resolve("cut.pth");
        for (int length = 0; length < whole.length; length++) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> TorchCheckpoint.read(cut))
                    .as("first %s bytes of %s", length, whole.length)
                    .isInstanceOf(WeightsException.class)
                    .hasMessageMatching("(?s)\\Q" + cut + "\\E( is empty|: .*(cut off|no PyTorch checkpoint).*)");
        }
        Files.write(cut, Arrays.copyOf(whole, whole.length + 5));
        assertThatThrownBy(() -> TorchCheckpoint.read(cut))
                .hasMessage(cut + ": 5 bytes are surplus behind the last storage '93999'");
    }

    @Test
    void storagesAreCheckedBeforeTheirValuesAreRead() throws IOException {
        String keys = "](U\u00010e.";
        String two = "\u0002\0\0\0\0\0\0\0" + "\0".repeat(8);
        assertThat(read(tensor("FloatStorage", 2, "N"), keys, two)).containsOnlyKeys("a");
        assertThat(read(tensor("FloatStorage", 2, "(U\u0001vK\u0001K\u0001t"), keys, two))
                .containsOnlyKeys("a");
        assertRefused(tensor("FloatStorage", 2, "N"), "](e.", two, "storage '0' is missing from the list of storages");
        assertRefused(tensor("FloatStorage", 2, "N"), "N.", two, "behind the object is no list of storages");
        assertRefused(tensor("FloatStorage", 2, "N"), "](U\u00010U\u00011e.", two, "storage '1' is surplus");
        assertRefused(tensor("FloatStorage", 2, "N"), "](K\u0001e.", two, "storage '(no text)' is surplus");
        assertRefused(tensor("FloatStorage", 2, "N"), "](U\u00010U\u00010e.", two, "storage '0' occurs twice");
        assertRefused(
                tensor("FloatStorage", 3, "N"),
                keys,
                two,
                "the file is cut off: storage '0' of 3 values begins at byte");
        assertRefused(tensor("FloatStorage", 1, "N"), keys, two, "storage '0' has 2 values, 1 were expected");
        assertRefused(tensor("FloatStorage", -1, "N"), keys, two, "storage '0' claims -1 values");
        assertRefused(
                tensor("FloatStorage", Integer.MAX_VALUE, "N"),
                keys,
                two,
                "claims 2147483647 values of 4 bytes, the file");
        assertRefused(tensor("StrangeStorage", 2, "N"), keys, two, "is of an unknown type 'torch.StrangeStorage'");
        String outside = "a view of storage '0' with offset ";
        assertRefused(
                tensor("FloatStorage", 2, "(U\u0001vK\u0001K\u0002t"), keys, two, outside + "1 and size 2 leaves");
        assertRefused(
                tensor("FloatStorage", 2, "(U\u0001vK\u0003K\u0000t"), keys, two, outside + "3 and size 0 leaves");
        assertRefused(
                tensor("FloatStorage", 2, "(U\u0001vJ" + int32(-1) + "K\u0001t"), keys, two, outside + "-1 and size 1");
        assertRefused(
                tensor("FloatStorage", 2, "(U\u0001vL" + Long.MAX_VALUE + "L\nK\u0001t"), keys, two, outside + "92233");
        assertRefused(tensor("FloatStorage", 2, "K\u0001"), keys, two, "a view that is not key, offset and size");
        assertRefused(tensor("FloatStorage", 2, "(K\u0001t"), keys, two, "a view that is not key, offset and size");
        String again = rebuild("LongStorage", 2, "N");
        assertRefused(
                tensor("FloatStorage", 2, "N").replace("s.", "sU\u0001b" + again + "s."),
                keys,
                two,
                "storage '0' is of two types");
        assertRefused(
                tensor("FloatStorage", 2, "N").replace("s.", "sU\u0001b" + rebuild("FloatStorage", 1, "N") + "s."),
                keys,
                two,
                "storage '0' is of two sizes, 2 and 1");
    }

    @Test
    void idsOfOddFormAreRefused() throws IOException {
        for (String id : new String[] {
            "N",
            "K\u0001",
            ")",
            "](U\u0007storagee",
            "}",
            "U\u0001x",
            "(U\u0007storaget",
            "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\u0002t", // five, as in the zip form
            "(U\u0007storagectorch\nFloatStorage\nK\u0001U\u0003cpuK\u0002Nt",
            "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuU\u0001xNt",
            "(U\u0007storageU\u0001xU\u00010U\u0003cpuK\u0002Nt",
            "(U\u0006moduleU\u0001xNNt",
            "(U\u0006modulecos\nsystem\nNt"
        }) {
            assertRefused("\u0080\u0002" + id + "Q.", "](e.", "", "a persistent id that is no storage");
        }
        // A class is only a name, wherever it comes from.
        assertRefused(
                "\u0080\u0002(U\u0006modulecos\nsystem\nNNtQU\u0004true\u0085R.",
                "](e.",
                "",
                "'os.system' without parameters");
    }

    @Test
    void otherPicklesAreNamed() throws IOException {
        String notSaved = "a Python pickle without PyTorch's magic number: torch.save did not write it";
        assertRefused(TestFiles.bytes("\u0080\u0004}."), notSaved);
        assertRefused(TestFiles.bytes("\u0080\u0002cos\nsystem\nU\u0004true\u0085R."), notSaved);
        assertRefused(TestFiles.bytes(MAGIC + "K\u0001."), "of version 1 of the format, 1001 is known");
        assertRefused(TestFiles.bytes(MAGIC + "}."), "of version (no number) of the format");
        assertRefused(TestFiles.bytes(MAGIC + "NQ."), "a pickle beside the object refers to storages");
        assertRefused(TestFiles.bytes(MAGIC), "the pickle is cut off");
        byte[] tar = new byte[1024];
        System.arraycopy("sys_info".getBytes(StandardCharsets.US_ASCII), 0, tar, 0, 8);
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        assertRefused(
                tar, "a tar archive, the format before PyTorch 0.1.10 (2017), which is not read; load it with PyTorch");
    }

    private static final String MAGIC = "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.";

    /** {@code {"a": tensor}} of one value of storage 0. */
    private static String tensor(String type, int values, String view) {
        return "\u0080\u0002}U\u0001a" + rebuild(type, values, view) + "s.";
    }

    private static String rebuild(String type, int values, String view) {
        return "ctorch._utils\n_rebuild_tensor\n((U\u0007storagectorch\n" + type + "\nU\u00010U\u0003cpuJ"
                + int32(values) + view + "tQK\u0000K\u0001\u0085K\u0001\u0085tR";
    }

    private static byte[] bytes(String object, String keys, String values) {
        return TestFiles.bytes(MAGIC + "M\u00e9\u0003." + "}U\rlittle_endian\u0088s." + object + keys + values);
    }

    private Map<String, Tensor> read(String object, String keys, String values) throws IOException {
        return TorchCheckpoint.read(Files.write(folder.resolve("a.pth"), bytes(object, keys, values)));
    }

    private void assertRefused(String object, String keys, String values, String message) throws IOException {
        assertRefused(bytes(object, keys, values), message);
    }

    private void assertRefused(byte[] content, String message) throws IOException {
        Path file = Files.write(folder.resolve("a.pth"), content);
        assertThatThrownBy(() -> TorchCheckpoint.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    private Map<String, Tensor> read(String name) throws IOException {
        return TorchCheckpoint.read(TestFiles.resource(folder, name));
    }
}
