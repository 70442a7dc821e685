package io.github.mgn4j.onnx;

import static io.github.mgn4j.onnx.TestNetworks.distance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.common.primitives.Floats;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.spec.SpecJson;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxExporterTest {
    private static final OnnxOptions HALF = OnnxOptions.DEFAULT.withPrecision(Precision.FP16);

    @TempDir
    Path folder;

    static Stream<MgnSpec> specs() {
        return TestNetworks.specs();
    }

    @ParameterizedTest
    @MethodSource("specs")
    void featuresAreThoseOfSameDiff(MgnSpec spec) throws Exception {
        Model model = TestNetworks.model(spec);
        byte[] file = bytes(model, OnnxOptions.DEFAULT);
        for (int batch : new int[] {1, 3}) {
            float[] images = TestNetworks.images(spec, batch);
            float[] expected = TestNetworks.features(model, images);
            assertThat(Floats.max(expected)).isGreaterThan(0.01f);
            assertThat(distance(expected, run(file, spec, images))).isLessThan(1e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void halfPrecisionIsNear(MgnSpec spec) throws Exception {
        Model model = TestNetworks.model(spec);
        float[] images = TestNetworks.images(spec, 2);
        float[] found = run(bytes(model, HALF), spec, images);
        double apart = distance(TestNetworks.features(model, images), found);
        assertThat(apart).isGreaterThan(0).isLessThan(5e-3);
    }

    @Test
    void theFileSaysWhatItHolds() throws IOException {
        MgnSpec spec = TestNetworks.tiny(50);
        ProtoReader file = new ProtoReader(bytes(TestNetworks.model(spec), OnnxOptions.DEFAULT));
        assertThat(file.number(1)).isEqualTo(8);
        assertThat(file.message(8).number(2)).isEqualTo(17);
        assertThat(file.message(14).text(1)).isEqualTo("mgn");
        assertThat(SpecJson.parse(file.message(14).text(2))).isEqualTo(spec);
        ProtoReader graph = file.message(7);
        assertThat(describe(graph.message(11))).isEqualTo("images 1 [N, 3, 96, 40]");
        assertThat(describe(graph.message(12))).isEqualTo("features 1 [N, 64]");
        Set<String> operations = new TreeSet<>();
        graph.messages(1).forEach(node -> operations.add(node.text(4)));
        assertThat(operations)
                .containsExactly("Add", "Concat", "Conv", "Flatten", "GlobalMaxPool", "MaxPool", "Relu", "Split");
        // Each convolution once: three branches share the trunk.
        assertThat(graph.messages(5))
                .hasSize(2 * NetworkSummary.of(spec).convolutions().size());
        ProtoReader weight = graph.messages(5).get(0);
        assertThat(weight.text(8)).isEqualTo("trunk.conv1.weight");
        assertThat(weight.numbers(1)).containsExactly(4L, 3L, 7L, 7L);
        assertThat(weight.bytes(9).remaining()).isEqualTo(4 * 4 * 3 * 7 * 7);
    }

    @Test
    void batchNormIsFoldedIntoTheWeights() throws IOException {
        Model model = TestNetworks.model(TestNetworks.tiny(18));
        ProtoReader graph = new ProtoReader(bytes(model, OnnxOptions.DEFAULT)).message(7);
        FloatBuffer weight =
                graph.messages(5).get(0).bytes(9).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] plain = model.weights().get("trunk.conv1.weight").toArray();
        int perChannel = 3 * 7 * 7;
        for (int i = 0; i < plain.length; i++) {
            int c = i / perChannel;
            double scale = model.weights().get("trunk.bn1.weight").get(c)
                    / Math.sqrt(model.weights().get("trunk.bn1.running_var").get(c) + 1e-5);
            assertThat(weight.get(i)).isEqualTo((float) (plain[i] * scale));
        }
    }

    @Test
    void halfPrecisionIsHalfTheFile() throws IOException {
        Model model = TestNetworks.model(TestNetworks.tiny(50));
        byte[] file = bytes(model, HALF);
        ProtoReader graph = new ProtoReader(file).message(7);
        assertThat(graph.messages(5)).allMatch(tensor -> tensor.number(2) == 10);
        assertThat(describe(graph.message(11))).isEqualTo("images 1 [N, 3, 96, 40]");
        assertThat(describe(graph.message(12))).isEqualTo("features 1 [N, 64]");
        assertThat(file.length).isLessThan(bytes(model, OnnxOptions.DEFAULT).length * 2 / 3);
    }

    @Test
    void aFileThatTakesPixelsNormalisesThem() throws Exception {
        MgnSpec spec = TestNetworks.tiny(18);
        Model model = TestNetworks.model(spec);
        int height = spec.input().height();
        int width = spec.input().width();
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < height * width; i++) {
            picture.setRGB(i % width, i / width, i * 12345);
        }
        Preprocessor preprocessor = new Preprocessor(spec.input(), Resampling.BILINEAR);
        FloatBuffer normalised = FloatBuffer.allocate(preprocessor.length());
        preprocessor.write(RgbImage.of(picture), false, Layout.NCHW, normalised, 0);
        ByteBuffer planar = ByteBuffer.allocateDirect(3 * height * width);
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < height * width; i++) {
                planar.put((byte) (picture.getRGB(i % width, i / width) >> (8 * (2 - c))));
            }
        }
        byte[] file = bytes(model, OnnxOptions.DEFAULT.withInput(OnnxInput.PIXELS));
        try (OnnxTensor images = OnnxTensor.createTensor(
                environment(), planar.flip(), new long[] {1, 3, height, width}, OnnxJavaType.UINT8)) {
            float[] expected = TestNetworks.features(model, normalised.array());
            assertThat(distance(expected, run(file, images))).isLessThan(1e-4);
        }
    }

    @Test
    void aFileMayRepeatItsImage() throws Exception {
        MgnSpec spec = TestNetworks.tiny(18);
        Model model = TestNetworks.model(spec);
        float[] images = TestNetworks.images(spec, 1);
        float[] once = run(bytes(model, OnnxOptions.DEFAULT), spec, images);
        float[] thrice = run(bytes(model, OnnxOptions.DEFAULT.withRepeat(3)), spec, images);
        assertThat(distance(Floats.concat(once, once, once), thrice)).isLessThan(1e-5);
    }

    @Test
    void sameModelSameBytes() throws IOException {
        Model model = TestNetworks.model(TestNetworks.tiny(18));
        Path file = folder.resolve("new/model.onnx");
        OnnxExporter.export(model, OnnxOptions.DEFAULT, file);
        assertThat(file).hasBinaryContent(bytes(model, OnnxOptions.DEFAULT));
    }

    @Test
    void aNetworkOfMoreThanTwoGigabytesIsRefused() {
        MgnSpec wide = MgnSpec.mgn(10).toBuilder().backbone(50, 3).build();
        int largest = (int) NetworkSummary.of(wide).parameters().stream()
                .mapToLong(Parameter::size)
                .max()
                .getAsLong();
        FloatBuffer shared = FloatBuffer.allocate(largest);
        Model model = model(
                wide,
                p -> Tensor.of(
                        shared.duplicate().limit((int) p.size()),
                        p.shape().stream().mapToInt(Integer::intValue).toArray()));
        OnnxOptions options = OnnxOptions.DEFAULT;
        assertThatThrownBy(() -> OnnxExporter.write(model, options, OutputStream.nullOutputStream()))
                .isInstanceOf(OnnxException.class)
                .hasMessage("the network takes 2.4 GB as an ONNX file, which can hold 2 GB: fp16 halves it,"
                        + " a narrower backbone has less");
    }

    @Test
    void aWeightThatHalfPrecisionCannotHoldIsRefused() {
        MgnSpec spec =
                TestNetworks.tiny(18).toBuilder().branches(Branch.globalOnly()).build();
        Model plain = TestNetworks.model(spec);
        Model model = model(spec, p -> {
            Tensor tensor = plain.weights().get(p.name());
            float[] values = tensor.toArray();
            if (p.name().equals("branches.0.layer4.1.bn2.weight")) {
                values[0] = 1e7f;
            }
            return Tensor.of(values, tensor.shape());
        });
        Path file = folder.resolve("half.onnx");
        assertThatThrownBy(() -> OnnxExporter.export(model, HALF, file))
                .isInstanceOf(OnnxException.class)
                .hasMessageStartingWith("tensor 'branches.0.layer4.1.conv2.weight' holds ")
                .hasMessageEndingWith("once batch norm is folded in, float16 ends at 65504.0: export it in fp32");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void otherPrecisionsAreRefused() {
        assertThatThrownBy(() -> OnnxOptions.DEFAULT.withPrecision(Precision.BF16))
                .isInstanceOf(OnnxException.class)
                .hasMessage("an ONNX file can be written in fp32, fp16 or int8, not in bf16");
        assertThatThrownBy(() -> OnnxOptions.DEFAULT.withRepeat(-1)).hasMessage("repeat must be 0 or more, not -1");
    }

    @Test
    void theRuntimeReadsAFileFromDisk() throws Exception {
        MgnSpec spec = TestNetworks.tiny(18);
        Path file = folder.resolve("model.onnx");
        OnnxExporter.export(TestNetworks.model(spec), OnnxOptions.DEFAULT, file);
        try (OrtSession session = environment().createSession(file.toString())) {
            assertThat(session.getMetadata().getCustomMetadata())
                    .containsEntry("mgn", SpecJson.write(spec))
                    .containsEntry("mean", "[0.485, 0.456, 0.406]")
                    .containsEntry("std", "[0.229, 0.224, 0.225]")
                    .containsEntry(
                            "size",
                            "[" + spec.input().height() + ", " + spec.input().width() + "]")
                    .containsEntry("interpolation", "bilinear, antialiased")
                    .containsEntry("channels", "RGB")
                    .containsEntry("input", "normalised");
            assertThat(session.getMetadata().getProducerName()).isEqualTo("mgn4j");
        }
        assertThat(Files.size(file)).isPositive();
    }

    private static Model model(MgnSpec spec, Function<Parameter, Tensor> tensors) {
        Map<String, Tensor> map = new LinkedHashMap<>();
        NetworkSummary.of(spec).parameters().forEach(p -> map.put(p.name(), tensors.apply(p)));
        return new Model(spec, Weights.of(map));
    }

    /** Name, number format and shape of a ValueInfoProto. */
    private static String describe(ProtoReader value) {
        ProtoReader tensor = value.message(2).message(1);
        List<String> dims = tensor.message(2).messages(1).stream()
                .map(d ->
                        d.numbers(1).isEmpty() ? d.text(2) : d.numbers(1).get(0).toString())
                .toList();
        return value.text(1) + " " + tensor.number(1) + " " + dims;
    }

    private static byte[] bytes(Model model, OnnxOptions options) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OnnxExporter.write(model, options, out);
        return out.toByteArray();
    }

    private static OrtEnvironment environment() {
        return OnnxSessions.environment();
    }

    private static float[] run(byte[] file, MgnSpec spec, float[] images) throws OrtException {
        int height = spec.input().height();
        int width = spec.input().width();
        long[] shape = {images.length / (3 * height * width), 3, height, width};
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment(), FloatBuffer.wrap(images), shape)) {
            return run(file, tensor);
        }
    }

    private static float[] run(byte[] file, OnnxTensor images) throws OrtException {
        try (OrtSession session = environment().createSession(file);
                OrtSession.Result result = session.run(Map.of("images", images))) {
            OnnxTensor features = (OnnxTensor) result.get("features").orElseThrow();
            FloatBuffer values = features.getFloatBuffer();
            float[] copy = new float[values.remaining()];
            values.get(copy);
            return copy;
        }
    }
}
