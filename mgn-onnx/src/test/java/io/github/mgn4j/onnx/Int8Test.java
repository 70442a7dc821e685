package io.github.mgn4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.weights.FormulaWeights;
import io.github.mgn4j.weights.Model;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Int8Test {
    private static final int IMAGES = 6;
    private static final MgnSpec SPEC =
            TestNetworks.tiny(50).toBuilder().backbone(50, 0.125).build();

    @TempDir
    Path folder;

    private final List<Path> files = new ArrayList<>();

    @BeforeEach
    void images() throws IOException {
        int height = SPEC.input().height();
        int width = SPEC.input().width();
        byte[] pixels = FormulaWeights.pixels(IMAGES, height, width);
        for (int n = 0; n < IMAGES; n++) {
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < height * width; i++) {
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    rgb = rgb << 8 | (pixels[(n * 3 + c) * height * width + i] & 0xff);
                }
                image.setRGB(i % width, i / width, rgb);
            }
            Path file = folder.resolve(n + ".png");
            ImageIO.write(image, "png", file.toFile());
            files.add(file);
        }
    }

    @Test
    void eightBitsAreNear() throws Exception {
        Model model = TestNetworks.model(SPEC);
        Calibration calibration = Calibrator.calibrate(model, files);
        float[] images = normalised();
        float[] expected = TestNetworks.features(model, images);
        float[] found = run(model, OnnxOptions.DEFAULT.withInt8(calibration), images);
        int dims = SPEC.dims();
        for (int n = 0; n < IMAGES; n++) {
            assertThat(cosine(expected, found, n * dims, dims)).isBetween(0.99, 0.9999999);
        }
    }

    @Test
    void everyMapOfTheBackboneIsRounded() throws IOException {
        Model model = TestNetworks.model(SPEC);
        Calibration calibration = Calibrator.calibrate(model, files);
        ProtoReader graph = new ProtoReader(bytes(model, OnnxOptions.DEFAULT.withInt8(calibration))).message(7);
        int backbone =
                NetworkSummary.of(SPEC).convolutions().size() - SPEC.features().size();
        long eightBits = graph.messages(5).stream()
                .filter(tensor -> tensor.number(2) == 3 && tensor.numbers(1).size() == 4)
                .count();
        assertThat(eightBits).isEqualTo(backbone);
        long rounding = graph.messages(1).stream()
                .filter(node -> node.text(4).equals("QuantizeLinear"))
                .count();
        assertThat(rounding).isEqualTo(calibration.largest().size());
        // Images, the stem's pooling, every convolution, and before a sum once more.
        assertThat(rounding).isGreaterThan(backbone + 2);
    }

    @Test
    void rangesAreThoseOfAllImages() throws IOException {
        Model model = TestNetworks.model(SPEC);
        Map<String, Float> all = Calibrator.calibrate(model, files).largest();
        float most = 0;
        for (Path file : files) {
            most = Math.max(
                    most, Calibrator.calibrate(model, List.of(file)).largest().get("trunk.conv1.relu"));
        }
        assertThat(all.get("trunk.conv1.relu")).isEqualTo(most);
        float largest = 0;
        for (float value : normalised()) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(all.get("images")).isEqualTo(largest);
    }

    @Test
    void weightsAreRoundedByChannel() {
        float[] weights = {0.5f, -1f, 0.25f, 0, 0, 0, 300, -2, 1};
        assertThat(Calibration.round(weights, 3)).containsExactly(64, -127, 32, 0, 0, 0, 127, -1, 0);
        assertThat(Calibration.steps(weights, 3)[0]).isEqualTo(1f / 127);
        assertThat(Calibration.steps(weights, 3)[1]).isPositive();
    }

    @Test
    void calibrationAndInt8GoTogether() throws IOException {
        assertThatThrownBy(() -> OnnxOptions.DEFAULT.withPrecision(Precision.INT8))
                .isInstanceOf(OnnxException.class)
                .hasMessageStartingWith("a file in int8 needs calibration");
        Model model = TestNetworks.model(SPEC);
        OnnxOptions options = OnnxOptions.DEFAULT.withInt8(Calibrator.calibrate(model, files));
        assertThatThrownBy(() -> options.withPrecision(Precision.FP16)).isInstanceOf(OnnxException.class);
        assertThatThrownBy(() -> Calibrator.calibrate(model, List.of()))
                .isInstanceOf(OnnxException.class)
                .hasMessage("calibration needs at least one image");
    }

    private float[] normalised() throws IOException {
        Preprocessor preprocessor = new Preprocessor(SPEC.input(), Resampling.BILINEAR);
        FloatBuffer values = FloatBuffer.allocate(IMAGES * preprocessor.length());
        for (int i = 0; i < IMAGES; i++) {
            preprocessor.write(
                    ImageDecoder.decode(files.get(i)), false, Layout.NCHW, values, i * preprocessor.length());
        }
        return values.array();
    }

    private static byte[] bytes(Model model, OnnxOptions options) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OnnxExporter.write(model, options, out);
        return out.toByteArray();
    }

    private static float[] run(Model model, OnnxOptions options, float[] images) throws Exception {
        InputSize size = model.spec().input();
        long[] shape = {IMAGES, 3, size.height(), size.width()};
        try (OrtSession session = OnnxSessions.environment().createSession(bytes(model, options));
                OnnxTensor input =
                        OnnxTensor.createTensor(OnnxSessions.environment(), FloatBuffer.wrap(images), shape);
                OrtSession.Result result = session.run(Map.of("images", input))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] copy = new float[values.remaining()];
            values.get(copy);
            return copy;
        }
    }

    private static double cosine(float[] a, float[] b, int from, int length) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = from; i < from + length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }
}
