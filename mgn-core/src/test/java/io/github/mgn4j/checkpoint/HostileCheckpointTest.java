package io.github.mgn4j.checkpoint;

import static io.github.mgn4j.checkpoint.Pickles.int32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints made to harm or to confuse. */
class HostileCheckpointTest {
    private static final String ONE = "K\u0001\u0085";

    @TempDir
    Path folder;

    @Test
    void nothingThatAPickleNamesIsRun() throws IOException {
        assertRefused("cos\nsystem\n(X" + int32(4) + "truetR.", "is a Python object 'os.system'");
        assertRefused("cbuiltins\neval\n(X" + int32(1) + "1tR.", "is a Python object 'builtins.eval'");
        assertRefused("\u0080\u0004\u008c\u0005posix\u008c\u0006system\u0093.", "'posix.system'");
        assertRefused("ctorch\nload\n.", "'torch.load'");
        assertRefused("c__main__\nNet\n)\u0081}b.", "'__main__.Net'");
        assertRefused("c__main__\nNet\n)}\u0092}b.", "'__main__.Net'");
        assertRefused("(cos\nsystem\nK\u0001o.", "'os.system'");
        assertRefused("(ios\nsystem\n.", "'os.system'");
        assertRefused("cos\nsystem\n)R)R.", "'os.system'"); // what a call gives is called
        assertRefused("(S'true'\nios\nsystem\n.", "is a Python object 'os.system'");
        assertRefused("\u0082\u0001.", "an opcode that is not read: 0x82");
        assertRefused("P1\n.", "protocol 0, which cannot hold tensors");
        assertRefused("\u0080\u0006.", "pickle protocol 6 is not known");
    }

    @Test
    void callsOfTheAllowedAreChecked() throws IOException {
        assertRefused("ctorch\nFloatStorage\n)R.", "'torch.FloatStorage', which is no function");
        assertRefused("ccollections\nOrderedDict\n(K\u0001tR.", "OrderedDict of other than a list of pairs");
        assertRefused("ctorch._utils\n_rebuild_parameter\n(K\u0001tR.", "a parameter of no tensor");
        assertRefused("ctorch._utils\n_rebuild_tensor_v2\n)R.", "rebuilds a tensor from other than");
        assertRefused("ctorch\nSize\n)R.", "torch.Size of no tuple");
        assertRefused("K\u0001)R.", "calls what is no function");
        assertRefused("(X" + int32(6) + "modulek\u0001tQ.", "not read: 0x6b");
        assertRefused("(X" + int32(6) + "module" + "K\u0001tQ.", "persistent id that is no storage");
        assertRefused("]K\u0001b.", "gives a state to what has none");
        assertRefused("(o.", "an object of no class");
    }

    @Test
    void setsAndPairsAreNotConjured() throws IOException {
        String dict = "ccollections\nOrderedDict\n";
        assertRefused(dict + "((K\u0001tK\u0002tR.", "OrderedDict of other than a list of pairs");
        assertRefused(dict + "((K\u0001ttR.", "OrderedDict of other than a list of pairs");
        assertRefused(dict + "(]q\u0001h\u0001atR.", "OrderedDict of other than a list of pairs");
        assertRefused("c__builtin__\nset\n(K\u0001tR.", "Python object '__builtin__.set'");
        assertRefused("ccopy_reg\n_reconstructor\n(cos\nsystem\nNNtR.", "Python object 'os.system'");
        assertRefused("ccopy_reg\n_reconstructor\n)R.", "Python object 'copy_reg._reconstructor'");
        assertRefused("ctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\nN)NtR.", "_rebuild_from_type_v2'");
        assertRefused(
                "ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nN)NtR.", "rebuilds a");
        // A thousand calls with the same hundred thousand pairs, each of which would copy them.
        String pairs = "](" + "K\u0001K\u0002\u0086".repeat(100_000) + "e\u0085q\u0001";
        assertRefused(pairs + (dict + "h\u0001R").repeat(1000) + ".", "makes more of its lists than it has bytes");
    }

    @Test
    void modulesAreBounded() throws IOException {
        String module = "c__main__\nNet\n)\u0081";
        String part = "}(U\u000b_parameters}U\b_buffers}U\b_modules}";
        assertRefused(module + ".", "'__main__.Net' without parameters");
        for (String state : new String[] {"N", "K\u0001", ")", "]", "}", "(NNt", "(}}t", "U\u0001x", "cos\nsystem\n"}) {
            assertRefused(module + state + "b.", "'__main__.Net' without parameters");
        }
        assertRefused(module + part.replace("parameters}", "parametersN") + "ub.", "without parameters");
        assertRefused(module + "q\u0001" + part + "U\u0001ah\u0001sub.", "nested deeper than 100 or in a circle");
        StringBuilder twice = new StringBuilder(module + part + "ubq\u0000");
        for (int i = 0; i < 25; i++) {
            twice.append(module).append(part).append("(U\u0001ah\u0000U\u0001bh\u0000uubq\u0000");
        }
        assertRefused(twice + ".", "its modules have more than 2000000 characters of names");
        assertRefused(module + part + "U\u0001aK\u0001sub.", "its submodule 'a' is no module");
        assertRefused(module + part + "U\u0001acos\nsystem\nsub.", "its submodule 'a' is no module");
        assertRefused(module + part + "K\u0001K\u0001sub.", "has a name that is no text");
        assertRefused(
                module + "}(U\u000b_parameters}U\u0001aK\u0001sU\b_buffers}U\b_modules}ub.",
                "entry 'a' of the state dict is no tensor with a name");
        assertRefused(
                module + "}(U\u000b_parameters}U\u0001aK\u0001sU\b_buffers}U\u0001aK\u0001sU\b_modules}ub.",
                "two of its tensors have the name 'a'");
        assertRefused(
                module + "}(U\u000b_parameters}U\u0001acos\nsystem\n)RsU\b_buffers}U\b_modules}ub.",
                "entry 'a' of the state dict is a Python object 'os.system'");
    }

    @Test
    void aBrokenStackIsRefused() throws IOException {
        assertRefused(".", "empty stack");
        assertRefused("0.", "empty stack");
        assertRefused("t.", "a mark that was never set");
        assertRefused("(.", "takes a mark for a value");
        assertRefused("h\u0007.", "recalls object 7");
        assertRefused("K\u0001K\u0002K\u0003s.", "sets an item of an object that is not a dictionary");
        assertRefused("}(K\u0001u.", "a dictionary key without a value");
        assertRefused("}]K\u0001s.", "no state dict: expected tensors by name");
        assertRefused("K\u0001K\u0002a.", "appends to an object that is not a list");
        assertRefused("", "cut off");
        assertRefused("K\u0001", "cut off");
    }

    @Test
    void claimedLengthsAreCheckedBeforeTheyAreAllocated() throws IOException {
        assertRefused("X\u00ff\u00ff\u00ff\u007f", "cut off: 2147483647 bytes expected");
        assertRefused("X\u00ff\u00ff\u00ff\u00ff", "cut off: -1 bytes expected");
        assertRefused("\u008d" + "\u00ff".repeat(7) + "\u007f", "cut off: 9223372036854775807 bytes expected");
        assertRefused("\u008b\u00ff\u00ff\u00ff\u007f", "a number of absurd length");
        assertRefused("L" + "9".repeat(50_000) + "L\n.", "a number of absurd length");
        assertRefused("S" + "9".repeat(100_000) + "\n.", "a line of 100000 bytes");
        assertRefused("S'x\n.", "a text without quotation marks");
        assertRefused("I12x\n.", "a malformed integer");
        assertRefused("Fx\n.", "a malformed number");
        assertRefused("\u0095" + "\u00ff".repeat(8), "cut off");
    }

    @Test
    void depthAndCirclesDoNoHarm() throws IOException {
        assertRefused("(".repeat(1_000_000) + ".", "takes a mark for a value");
        assertRefused("]".repeat(100_000) + "a".repeat(99_999) + ".", "expected tensors by name");
        assertRefused("]q\u0001h\u0001a.", "expected tensors by name");
        assertRefused("}q\u0001X" + int32(1) + "ah\u0001s.", "found keys [a]");
        assertRefused("}q\u0001X" + int32(5) + "modelh\u0001s.", "entry 'model' of the state dict is no tensor");
        // Every usual key leads back to the beginning.
        StringBuilder circle = new StringBuilder("}q\u0001");
        for (String key : List.of("state_dict", "model", "model_state_dict", "net", "network", "module")) {
            circle.append("X").append(int32(key.length())).append(key).append("h\u0001s");
        }
        assertRefused(circle + ".", "entry 'state_dict' of the state dict is no tensor");
        assertRefused("N0".repeat(1_500_000) + ".", "more than 2000000 steps");
    }

    @Test
    void tensorsStayInsideTheirStorage() throws IOException {
        byte[] eight = new byte[8];
        assertThat(load(Pickles.tensor("FloatStorage", 2, 1, ONE, ONE), eight)).containsOnlyKeys("a");
        assertTensorRefused(Pickles.tensor("FloatStorage", 3, 0, ONE, ONE), "storage '0' has 8 bytes, 3 values");
        assertTensorRefused(Pickles.tensor("DoubleStorage", 2, 0, ONE, ONE), "storage '0' has 8 bytes, 2 values");
        assertTensorRefused(Pickles.tensor("FloatStorage", -1, 0, ONE, ONE), "storage '0' claims -1 values");
        assertTensorRefused(Pickles.tensor("FloatStorage", 2, 2, ONE, ONE), "leaves its 2 values");
        assertTensorRefused(Pickles.tensor("FloatStorage", 2, -1, ONE, ONE), "leaves its 2 values");
        assertTensorRefused(Pickles.tensor("FloatStorage", 2, 0, "K\u0003\u0085", ONE), "leaves its 2 values");
        String minus = "J" + int32(-1) + "\u0085";
        assertTensorRefused(Pickles.tensor("FloatStorage", 2, 0, minus, ONE), "impossible size [-1]");
        assertTensorRefused(Pickles.tensor("FloatStorage", 2, 0, ONE, minus), "impossible size [1] or strides [-1]");
        assertTensorRefused(Pickles.tensor("FloatStorage", 2, 0, ONE, ")"), "has size [1] but strides []");
        assertTensorRefused(
                Pickles.tensor("FloatStorage", 2, 0, "X" + int32(1) + "1\u0085", ONE), "size or stride is no integer");
        String huge = "J" + int32(Integer.MAX_VALUE);
        assertTensorRefused(
                Pickles.tensor("FloatStorage", 2, 0, huge + huge + "\u0086", "K\u0000K\u0000\u0086"),
                "impossible size [2147483647, 2147483647]");
        assertTensorRefused(
                Pickles.tensor("FloatStorage", 2, 0, huge + "\u0085", "K\u0000\u0085"),
                "claims more values than the file holds");
    }

    @Test
    void manyRepeatedTensorsAreRefused() throws IOException {
        // Each claims a thousand times what it holds; together they would fill the heap.
        StringBuilder pickle = new StringBuilder("\u0080\u0002}");
        for (int i = 0; i < 500; i++) {
            String size = "J" + int32(1_000_000 + i) + "\u0085";
            String tensor = Pickles.rebuild("FloatStorage", 2, 0, size, "K\u0000\u0085");
            pickle.append("X")
                    .append(int32(3))
                    .append("%03d".formatted(i))
                    .append(tensor)
                    .append("s");
        }
        assertThatThrownBy(() -> load(TestFiles.bytes(pickle + "."), new byte[8]))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("claims more values than the file holds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "a/../../evil", "/etc/passwd", "C:/evil", "..\\evil", "a\\b", ".."})
    void entriesThatPointOutsideAreRefused(String name) throws IOException {
        Path file = TestFiles.zip(folder.resolve("z.pth"), Map.of(name, new byte[1]));
        assertThatThrownBy(() -> TorchCheckpoint.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessage("%s: bad zip archive: entry '%s' points outside the archive", file, name);
    }

    @Test
    void aBadChecksumIsRefused() throws IOException {
        Path file = TestFiles.resource(folder, "views.pth");
        byte[] bytes = Files.readAllBytes(file);
        int data = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("views/data/0") + 64;
        bytes[data + 20] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> TorchCheckpoint.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("has a bad checksum (CRC-32)");
    }

    @Test
    void foreignArchivesAreRefused() throws IOException {
        Path foreign = TestFiles.zip(folder.resolve("a.docx"), Map.of("word/document.xml", new byte[3]));
        assertThatThrownBy(() -> TorchCheckpoint.read(foreign)).hasMessageContaining("without 'data.pkl'");
        Path missing = TestFiles.zip(
                folder.resolve("m.pth"), Map.of("x/data.pkl", Pickles.tensor("FloatStorage", 2, 0, ONE, ONE)));
        assertThatThrownBy(() -> TorchCheckpoint.read(missing))
                .hasMessageContaining("storage '0' is missing: no entry 'x/data/0'");
    }

    @Test
    void deflatedEntriesAreBoundedAndChecked() throws IOException {
        byte[] tensor = Pickles.tensor("FloatStorage", 2, 1, ONE, ONE);
        Path file = folder.resolve("a.pth");
        Path good = TestFiles.deflated(file, Map.of("x/data.pkl", tensor, "x/data/0", new byte[8]));
        assertThat(TorchCheckpoint.read(good)).containsOnlyKeys("a");
        byte[] whole = Files.readAllBytes(good);
        int central = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("PK\u0001\u0002");
        assertPatched(whole, central + 10, 12, "is compressed by method 12; 0 (stored) and 8 (deflated) are read");
        assertPatched(whole, central + 24, whole[central + 24] + 1, "does not inflate to the");
        assertPatched(whole, central + 24, whole[central + 24] - 1, "does not inflate to the");
        assertPatched(whole, central + 16, whole[central + 16] ^ 1, "has a bad checksum (CRC-32)");
        assertPatched(whole, central + 27, 0x70, "its deflated entries claim");
        assertPatched(whole, central + 20, 2, "is cut off");
        // 200 MB of zeros in 200 kB
        Path bomb = TestFiles.deflated(file, Map.of("x/data.pkl", tensor, "x/data/0", new byte[200 << 20]));
        assertThatThrownBy(() -> TorchCheckpoint.read(bomb))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("its deflated entries claim");
    }

    private void assertPatched(byte[] whole, int at, int value, String message) throws IOException {
        byte[] bytes = whole.clone();
        bytes[at] = (byte) value;
        Path file = Files.write(folder.resolve("patched.pth"), bytes);
        assertThatThrownBy(() -> TorchCheckpoint.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": bad zip archive: ")
                .hasMessageContaining(message);
    }

    @Test
    void zip64DirectoriesAreRead() throws IOException {
        Path file = TestFiles.checkpoint(
                folder.resolve("a.pth"), Pickles.tensor("FloatStorage", 2, 1, ONE, ONE), new byte[8]);
        byte[] plain = Files.readAllBytes(file);
        ByteBuffer end = ByteBuffer.wrap(plain, plain.length - 22, 22).slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer zip64 = ByteBuffer.allocate(plain.length + 56 + 20).order(ByteOrder.LITTLE_ENDIAN);
        zip64.put(plain, 0, plain.length - 22);
        int record = zip64.position();
        zip64.putInt(0x06064b50)
                .putLong(44)
                .putShort((short) 45)
                .putShort((short) 45)
                .putInt(0)
                .putInt(0);
        zip64.putLong(end.getShort(8)).putLong(end.getShort(10));
        zip64.putLong(end.getInt(12)).putLong(end.getInt(16));
        zip64.putInt(0x07064b50).putInt(0).putLong(record).putInt(1);
        zip64.putInt(0x06054b50).putShort((short) 0).putShort((short) 0);
        zip64.putShort((short) -1).putShort((short) -1).putInt(-1).putInt(-1).putShort((short) 0);
        Files.write(file, zip64.array());
        assertThat(TorchCheckpoint.read(file)).containsOnlyKeys("a");
        zip64.putLong(record + 48, Long.MAX_VALUE - 3);
        Files.write(file, zip64.array());
        assertThatThrownBy(() -> TorchCheckpoint.read(file)).hasMessageContaining("directory lies outside the file");
    }

    @Test
    void messagesAreOneLineWhateverTheFileNames() throws IOException {
        List<Throwable> thrown = new ArrayList<>();
        try {
            load(TestFiles.bytes("\u0080\u0004\u008c\u0004a\n\u001b[\u008c\u0001b\u0093."), new byte[0]);
        } catch (WeightsException e) {
            thrown.add(e);
        }
        assertThat(thrown)
                .singleElement()
                .satisfies(e ->
                        assertThat(e.getMessage()).contains("'a; \\u001b[.b'").doesNotContain("\n"));
    }

    private Map<String, Tensor> load(byte[] pickle, byte[] storage) throws IOException {
        return TorchCheckpoint.read(TestFiles.checkpoint(folder.resolve("a.pth"), pickle, storage));
    }

    private void assertTensorRefused(byte[] pickle, String message) {
        assertThatThrownBy(() -> load(pickle, new byte[8]))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(message);
    }

    private void assertRefused(String pickle, String message) {
        assertTensorRefused(TestFiles.bytes(pickle), message);
    }
}
