package io.github.mgn4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch 1.13 saved; {@code tools/reference/make_checkpoint_fixtures.py} made them. */
class TorchCheckpointTest {
    @TempDir
    Path folder;

    @Test
    void everyTypeBecomesFloat32() throws IOException {
        Weights tensors = read("dtypes.pth");
        assertThat(tensors.names())
                .containsExactly(
                        "float32",
                        "float64",
                        "float16",
                        "bfloat16",
                        "int64",
                        "int32",
                        "int16",
                        "int8",
                        "uint8",
                        "bool");
        for (String name : tensors.names()) {
            float[] expected = switch (name) {
                case "uint8" -> new float[] {253, 254, 255, 0, 1, 2, 3, 4};
                case "bool" -> new float[] {1, 1, 1, 0, 1, 1, 1, 1};
                default -> new float[] {-3, -2, -1, 0, 1, 2, 3, 4};
            };
            assertThat(tensors.get(name).toArray()).as(name).isEqualTo(expected);
        }
    }

    @Test
    void viewsHaveTheirOwnShapeAndOrder() throws IOException {
        Weights tensors = read("views.pth");
        float[] base = ramp(24);
        assertTensor(tensors.get("base"), base, 2, 3, 4);
        assertTensor(tensors.get("tied"), base, 2, 3, 4);
        assertTensor(tensors.get("row"), new float[] {20, 21, 22, 23}, 4);
        assertTensor(tensors.get("scalar"), new float[] {15});
        assertTensor(tensors.get("sliced"), new float[] {4, 6, 8, 10, 16, 18, 20, 22}, 2, 2, 2);
        assertTensor(tensors.get("expanded"), new float[] {7, 7, 7, 7, 7, 7}, 2, 3);
        assertTensor(tensors.get("empty"), new float[0], 0, 4);
        float[] permuted = new float[24];
        float[] half = new float[24];
        for (int a = 0; a < 2; a++) {
            for (int b = 0; b < 3; b++) {
                for (int c = 0; c < 4; c++) {
                    permuted[c * 6 + a * 3 + b] = base[a * 12 + b * 4 + c];
                    half[b * 8 + c * 2 + a] = base[a * 12 + b * 4 + c];
                }
            }
        }
        assertTensor(tensors.get("permuted"), permuted, 4, 2, 3);
        assertTensor(tensors.get("half_permuted"), half, 3, 4, 2);
        assertTensor(tensors.get("channels_last"), ramp(36), 1, 4, 3, 3);
    }

    @Test
    void contiguousFloat32IsNotCopied() throws IOException {
        Weights tensors = read("views.pth");
        assertThat(tensors.get("base").data().isDirect()).isTrue();
        assertThat(tensors.get("row").data().isDirect()).isTrue();
        assertThat(tensors.get("permuted").data().isDirect()).isFalse();
        assertThat(tensors.get("tied")).isSameAs(tensors.get("base"));
    }

    @Test
    void aWrappedStateDictIsFoundAmongItsSiblings() throws IOException {
        for (String file : new String[] {"wrapped.pth", "model-key.pth", "net-key.pth"}) {
            Weights tensors = read(file);
            assertThat(tensors.names())
                    .containsExactly(
                            "0.weight",
                            "0.bias",
                            "1.weight",
                            "1.bias",
                            "1.running_mean",
                            "1.running_var",
                            "1.num_batches_tracked");
            assertTensor(tensors.get("0.weight"), ramp(6), 3, 2);
            assertTensor(tensors.get("0.bias"), new float[] {-1, -2, -3}, 3);
            assertTensor(tensors.get("1.num_batches_tracked"), new float[] {1});
        }
    }

    @Test
    void parametersAreTensors() throws IOException {
        assertTensor(read("parameters.pth").get("0.weight"), ramp(6), 3, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void everyProtocolOfTorchSaveIsRead(int protocol) throws IOException {
        Weights tensors = read("protocol" + protocol + ".pth");
        assertTensor(tensors.get("a"), new float[] {1, 2}, 2);
        assertTensor(tensors.get("x".repeat(300)), new float[] {3}, 1, 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            script.pt | a TorchScript archive; save its state dict: torch.save(model.state_dict(), file)
            no-state.pth | no state dict: expected tensors by name, or such a dictionary under [state_dict, model, model_state_dict, model_state, net, net_state_dict, network, module]; found keys [epoch, weights]
            single-tensor.pth | no state dict: expected tensors by name, found a single tensor
            """)
    void otherFilesAreRefusedWithAdvice(String name, String message) throws IOException {
        Path file = TestFiles.resource(folder, name);
        assertThatThrownBy(() -> TorchCheckpoint.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void objectsBesideTheStateDictAreLeftOut() throws IOException {
        Weights tensors =
                read("beside.pth"); // a NumPy scalar, a Counter, a Namespace, a date, a set, bytes, a dtype ...
        assertThat(tensors.names()).containsExactly("a", "b");
        assertTensor(tensors.get("a"), new float[] {1, 2}, 2);
        assertTensor(tensors.get("b"), new float[] {3}, 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            inside-scalar.pth | entry 'a' of the state dict is a Python object 'numpy.core.multiarray.scalar'; leave it out: torch.save({k: v for k, v in state_dict.items() if torch.is_tensor(v)}, file)
            inside-complex.pth | entry 'c' of the state dict is a complex tensor (torch.ComplexFloatStorage); dense tensors of real numbers are read
            inside-sparse.pth | entry 's' of the state dict is a sparse tensor (torch._utils._rebuild_sparse_tensor); dense tensors of real numbers are read
            inside-quantised.pth | entry 'q' of the state dict is a quantised tensor (torch._utils._rebuild_qtensor); dense tensors of real numbers are read
            inside-meta.pth | entry 'm' of the state dict is a meta tensor, which has no values (torch._utils._rebuild_meta_tensor_no_storage); dense tensors of real numbers are read
            """)
    void objectsInsideAreNamed(String name, String message) throws IOException {
        otherFilesAreRefusedWithAdvice(name, message);
    }

    @Test
    void archivesThatOtherProgramsWroteAreRead() throws IOException {
        Path original = TestFiles.resource(folder, "wrapped.pth");
        Map<String, Tensor> expected = TorchCheckpoint.read(original);
        byte[] bytes = Files.readAllBytes(original);

        Path behind = Files.write(folder.resolve("behind.pth"), Arrays.copyOf(bytes, bytes.length + 100_000));
        assertSame(TorchCheckpoint.read(behind), expected);
        Path far = Files.write(folder.resolve("far.pth"), Arrays.copyOf(bytes, bytes.length + (2 << 20)));
        assertThatThrownBy(() -> TorchCheckpoint.read(far))
                .hasMessage(
                        far + ": bad zip archive: it has no directory (the file is cut off, or has more than 1048576"
                                + " other bytes at its end)");

        Path deflated = TestFiles.deflated(folder.resolve("deflated.pth"), TestFiles.unzip(original));
        assertThat(Files.size(deflated)).isLessThan(bytes.length);
        assertSame(TorchCheckpoint.read(deflated), expected);

        // No sums: 14 bytes into each entry's own header, 16 bytes into its line of the directory.
        for (int i = 0; i < bytes.length - 4; i++) {
            boolean local = bytes[i] == 'P' && bytes[i + 1] == 'K' && bytes[i + 2] == 3 && bytes[i + 3] == 4;
            boolean central = bytes[i] == 'P' && bytes[i + 1] == 'K' && bytes[i + 2] == 1 && bytes[i + 3] == 2;
            if (local || central) {
                Arrays.fill(bytes, i + (local ? 14 : 16), i + (local ? 18 : 20), (byte) 0);
            }
        }
        assertSame(TorchCheckpoint.read(Files.write(folder.resolve("crc0.pth"), bytes)), expected);
    }

    /** PyTorch's own state dict of the module is the measure: its names, its order, its values. */
    @ParameterizedTest
    @ValueSource(strings = {"module-whole.pth", "module-wrapped.pth"})
    void wholeModulesAreReadByTheirAttributes(String name) throws IOException {
        Weights tensors = read(name);
        assertSame(
                TorchCheckpoint.read(TestFiles.resource(folder, name)),
                TorchCheckpoint.read(TestFiles.resource(folder, "module-state.pth")));
        assertThat(tensors.names())
                .startsWith("0.scale", "0.early", "0.inner.running_mean")
                .doesNotContain("0.passing");
        assertThat(tensors.get("1.1.running_mean")).isSameAs(tensors.get("0.inner.running_mean"));
    }

    @Test
    void modulesOfAnyWrappingAreRead() throws IOException {
        assertThat(read("whole-module.pth").names()).contains("0.weight", "1.running_var", "1.num_batches_tracked");
        assertThat(read("module-key.pth").names()).containsExactly("weight", "bias");
    }

    /** As PyTorch before 0.4, and tensors with attributes or of subclasses of today. */
    @Test
    void otherWaysToRebuildTensorsAreRead() throws IOException {
        String two = "K\u0002\u0085";
        String tensor = Pickles.rebuild("FloatStorage", 2, 0, two, "K\u0001\u0085");
        String state = "(\u0089\u0089Nt";
        String arguments = tensor.substring(tensor.indexOf('('), tensor.length() - 1); // without the call
        for (String code : List.of(
                "ctorch.nn.parameter\nParameter\n(" + tensor + "tR" + state + "b",
                "ctorch.nn.parameter\nParameter\n(" + tensor + "t\u0081" + state + "b",
                "ctorch.autograd.variable\nVariable\n(" + tensor + "tR" + state + "b",
                "ccopy_reg\n__newobj__\n(ctorch.nn.parameter\nParameter\n" + tensor + "tR" + state + "b",
                "ctorch._utils\n_rebuild_parameter_with_state\n(" + tensor + "\u0088}}tR",
                "ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nctorch\nTensor\n"
                        + arguments + "}tR")) {
            byte[] pickle = TestFiles.bytes("\u0080\u0002}X" + Pickles.int32(1) + "a" + code + "s.");
            ByteBuffer storage = ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(1.5f)
                    .putFloat(-2);
            Path file = TestFiles.checkpoint(folder.resolve("a.pth"), pickle, storage.array());
            assertThat(Weights.of(TorchCheckpoint.read(file)).get("a").toArray())
                    .as(code)
                    .containsExactly(1.5f, -2);
        }
    }

    private static void assertSame(Map<String, Tensor> found, Map<String, Tensor> expected) {
        assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, tensor) -> assertTensor(Weights.of(found).get(name), tensor.toArray(), tensor.shape()));
    }

    @Test
    void bigEndianFilesAreRead() throws IOException {
        ByteBuffer storage = ByteBuffer.allocate(8).putFloat(1.5f).putFloat(-2);
        Path file = TestFiles.zip(
                folder.resolve("a.pth"),
                Map.of(
                        "x/data.pkl",
                        Pickles.tensor("FloatStorage", 2, 0, "K\u0002\u0085", "K\u0001\u0085"),
                        "x/data/0",
                        storage.array(),
                        "x/byteorder",
                        TestFiles.bytes("big")));
        assertThat(Weights.of(TorchCheckpoint.read(file)).get("a").toArray()).containsExactly(1.5f, -2);
        Path middle = TestFiles.zip(
                folder.resolve("b.pth"),
                Map.of("data.pkl", TestFiles.bytes("N."), "byteorder", TestFiles.bytes("middle")));
        assertThatThrownBy(() -> TorchCheckpoint.read(middle))
                .hasMessage(middle + ": byteorder 'middle', expected 'little' or 'big'");
    }

    @Test
    void textAndNothingAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("a.pth"), "hello");
        assertThatThrownBy(() -> TorchCheckpoint.read(text))
                .hasMessage(
                        text + ": no PyTorch checkpoint (a zip archive or pickles were expected, found a text file)");
        Path empty = Files.createFile(folder.resolve("b.pth"));
        assertThatThrownBy(() -> TorchCheckpoint.read(empty)).hasMessage(empty + " is empty");
    }

    private Weights read(String name) throws IOException {
        return Weights.of(TorchCheckpoint.read(TestFiles.resource(folder, name)));
    }

    private static float[] ramp(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return values;
    }

    private static void assertTensor(Tensor tensor, float[] values, int... shape) {
        assertThat(tensor.shape()).isEqualTo(shape);
        assertThat(tensor.toArray()).isEqualTo(values);
    }
}
