package io.github.mgn4j.onnx;

import static io.github.mgn4j.onnx.TestNetworks.distance;
import static io.github.mgn4j.onnx.TestNetworks.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxEngineTest {
    private static final OnnxSettings CPU = OnnxSettings.of(OnnxDevice.CPU).withThreads(1);

    static Stream<MgnSpec> specs() {
        return TestNetworks.specs();
    }

    @ParameterizedTest
    @MethodSource("specs")
    void featuresAreThoseOfSameDiff(MgnSpec spec) {
        Model model = TestNetworks.model(spec);
        float[] images = TestNetworks.images(spec, 3);
        try (Engine engine = Engines.open("onnx", model, new EngineOptions(Precision.FP32, 3))) {
            assertThat(engine).isInstanceOf(OnnxEngine.class);
            assertThat(engine.name()).isEqualTo("onnx");
            assertThat(engine.spec()).isEqualTo(spec);
            assertThat(distance(TestNetworks.features(model, images), run(engine, images)))
                    .isLessThan(1e-4);
        }
    }

    @Test
    void halfPrecisionRunsOnTheCpuTooIfAskedDirectly() {
        Model model = model();
        float[] images = TestNetworks.images(model.spec(), 2);
        try (OnnxEngine engine = OnnxEngine.open(model, Precision.FP16, CPU)) {
            assertThat(distance(TestNetworks.features(model, images), run(engine, images)))
                    .isLessThan(5e-3);
        }
    }

    @Test
    void directBuffersGiveWhatOthersGive() {
        Model model = model();
        float[] images = TestNetworks.images(model.spec(), 3);
        try (OnnxEngine engine = OnnxEngine.open(model, Precision.FP32, CPU)) {
            float[] expected = run(engine, images);
            for (ByteOrder order : List.of(ByteOrder.nativeOrder(), ByteOrder.BIG_ENDIAN)) {
                FloatBuffer input = direct(images.length + 7, order).put(images);
                FloatBuffer output = direct(expected.length + 7, order);
                input.position(5);
                output.position(5);
                engine.run(input, 3, output);
                assertThat(input.position()).isEqualTo(5);
                assertThat(output.position()).isEqualTo(5);
                float[] found = new float[expected.length];
                output.get(0, found);
                assertThat(found).isEqualTo(expected);
                assertThat(output.get(expected.length)).isZero();
            }
            engine.run(FloatBuffer.wrap(images).asReadOnlyBuffer(), 3, FloatBuffer.wrap(expected));
        }
    }

    @Test
    void anImagesFeaturesDoNotDependOnItsBatch() {
        Model model = model();
        int dims = model.spec().featureLength();
        try (OnnxEngine engine = OnnxEngine.open(model, Precision.FP32, CPU)) {
            float[] images = TestNetworks.images(model.spec(), 5);
            float[] together = run(engine, images);
            int length = images.length / 5;
            for (int i = 4; i >= 0; i--) {
                float[] alone = run(engine, Arrays.copyOfRange(images, i * length, (i + 1) * length));
                assertThat(distance(Arrays.copyOfRange(together, i * dims, (i + 1) * dims), alone))
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void severalThreadsGetTheirOwnFeatures() throws Exception {
        Model model = model();
        float[] images = TestNetworks.images(model.spec(), 4);
        int length = images.length / 4;
        int dims = model.spec().featureLength();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (OnnxEngine engine = OnnxEngine.open(model, Precision.FP32, CPU)) {
            List<FloatBuffer> inputs = IntStream.range(0, 4)
                    .mapToObj(i -> {
                        FloatBuffer own =
                                i % 2 == 0 ? direct(length, ByteOrder.nativeOrder()) : FloatBuffer.allocate(length);
                        return own.put(0, images, i * length, length);
                    })
                    .toList();
            float[] expected = run(engine, images);
            List<Future<float[]>> found = IntStream.range(0, 40)
                    .mapToObj(i -> threads.submit(() -> {
                        FloatBuffer features = direct(dims, ByteOrder.nativeOrder());
                        engine.run(inputs.get(i % 4), 1, features);
                        float[] copy = new float[dims];
                        features.get(copy);
                        return copy;
                    }))
                    .toList();
            for (int i = 0; i < found.size(); i++) {
                int from = i % 4 * dims;
                assertThat(distance(
                                Arrays.copyOfRange(expected, from, from + dims),
                                found.get(i).get()))
                        .isLessThan(1e-5);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aClosedEngineSaysSo() {
        Model model = model();
        OnnxEngine engine = OnnxEngine.open(model, Precision.FP32, CPU);
        engine.close();
        engine.close();
        assertThatThrownBy(() -> run(engine, TestNetworks.images(model.spec(), 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the engine is closed");
    }

    @Test
    void buffersOfTheWrongSizeAreRefused() {
        try (OnnxEngine engine = OnnxEngine.open(model(), Precision.FP32, CPU)) {
            FloatBuffer small = FloatBuffer.allocate(10);
            FloatBuffer images = FloatBuffer.allocate(3 * 96 * 40);
            assertThatThrownBy(() -> engine.run(small, 1, FloatBuffer.allocate(1000)))
                    .hasMessage("images hold 10 values, expected 11520");
            assertThatThrownBy(() -> engine.run(images, 1, small))
                    .hasMessage("features have room for 10 values, expected 1 x 64");
            assertThatThrownBy(() -> engine.run(images, 0, small)).hasMessage("batch must be at least 1, not 0");
        }
    }

    /** The tests' ONNX Runtime is the one for CPUs. */
    @ParameterizedTest
    @EnumSource(value = OnnxDevice.class, names = "CPU", mode = EnumSource.Mode.EXCLUDE)
    void aGpuThatIsNotThereIsSaidInOneLine(OnnxDevice device) {
        Model model = model();
        OnnxSettings settings = OnnxSettings.of(device);
        assertThatThrownBy(() -> OnnxEngine.open(model, Precision.FP32, settings))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith(device.engine() + " cannot run here: ")
                .hasMessageEndingWith(" (engine 'onnx' runs on the CPU)")
                .hasMessageNotContaining("\n")
                .hasMessageNotContaining(".cc");
        EngineOptions options = new EngineOptions(Precision.FP16, 1);
        assertThatThrownBy(() -> Engines.open(device.engine(), model, options))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("the engine " + device.engine()
                        + " cannot run here: com.microsoft.onnxruntime:onnxruntime_gpu is needed in place of"
                        + " onnxruntime; those that can run: onnx [fp32]");
    }

    @Test
    void theCpuTakesTheGpusPlaceOnlyIfAllowed() {
        Model model = model();
        float[] images = TestNetworks.images(model.spec(), 1);
        OnnxSettings settings = OnnxSettings.of(OnnxDevice.CUDA).withFallback(true);
        try (OnnxEngine engine = OnnxEngine.open(model, Precision.FP32, settings)) {
            assertThat(engine.name()).isEqualTo("onnx");
            assertThat(distance(TestNetworks.features(model, images), run(engine, images)))
                    .isCloseTo(0, within(1e-4));
        }
    }

    @Test
    void theCpuTakesTheGpusPlaceIfAPropertyAllowsIt() {
        System.setProperty("mgn.onnx.fallback", "true");
        try (Engine named = Engines.open("onnx-cuda", model(), new EngineOptions(Precision.FP32, 1));
                Engine any = Engines.open("auto", model(), new EngineOptions(Precision.FP32, 1))) {
            assertThat(named.name()).isEqualTo("onnx");
            assertThat(any.name()).isEqualTo("onnx");
            assertThat(Engines.providers().get(0).name()).isEqualTo("onnx");
        } finally {
            System.clearProperty("mgn.onnx.fallback");
        }
    }

    @Test
    void autoNeverTakesAGpuThatIsNotThere() {
        for (EngineProvider provider : Engines.providers()) {
            assertThat(provider.available()).isEqualTo(!provider.name().startsWith("onnx-"));
        }
    }

    @Test
    void settingsComeFromSystemProperties() {
        Map<String, String> properties = Map.of(
                "mgn.onnx.gpu", "1", "mgn.onnx.threads", "3", "mgn.onnx.tf32", "true", "mgn.onnx.fallback", "true");
        try {
            properties.forEach(System::setProperty);
            assertThat(OnnxSettings.ofProperties(OnnxDevice.CUDA))
                    .isEqualTo(new OnnxSettings(OnnxDevice.CUDA, 1, 3, true, true, Map.of()));
            System.setProperty("mgn.onnx.threads", "many");
            assertThatThrownBy(() -> OnnxSettings.ofProperties(OnnxDevice.CPU))
                    .isInstanceOf(OnnxException.class)
                    .hasMessage("the system property mgn.onnx.threads must be a number, not 'many'");
        } finally {
            properties.keySet().forEach(System::clearProperty);
        }
        assertThat(OnnxSettings.ofProperties(OnnxDevice.CPU)).isEqualTo(OnnxSettings.of(OnnxDevice.CPU));
    }

    @Test
    void messagesOfTheRuntimeAreCutToTheirSentence() {
        assertThat(
                        OnnxSessions.sentence(
                                new IllegalStateException(
                                        "Error code - ORT_FAIL - message: /onnxruntime_src/core/session/provider_bridge_ort.cc:1778 "
                                                + "onnxruntime::Provider& onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : "
                                                + "Failed to load library x.so with error: libcudnn.so.9: cannot open\nshared object file")))
                .isEqualTo("[ONNXRuntimeError] : 1 : FAIL : Failed to load library x.so with error: libcudnn.so.9:"
                        + " cannot open shared object file");
    }

    /** What the process that the next test starts runs. */
    static final class Start {
        private Start() {}

        public static void main(String... args) {
            System.out.println("version " + OnnxSessions.environment().getVersion());
        }
    }

    /** The sender of usage data in ONNX Runtime 1.29 ended a process whose command line had some thousand characters. */
    @Test
    void theCommandLineMayBeLong() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dlong=" + "/x".repeat(40_000),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Start.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("version 1.");
    }

    private static Model model() {
        return TestNetworks.model(TestNetworks.tiny(18));
    }

    private static FloatBuffer direct(int length, ByteOrder order) {
        return ByteBuffer.allocateDirect(length * Float.BYTES).order(order).asFloatBuffer();
    }
}
