package io.github.mgn4j.cudnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.extract.Box;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.fixtures.NaiveNetwork;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole engine, its kernels among it, on an emulated GPU: numbers, order, memory, and what becomes of failures. */
@EnabledIf("io.github.mgn4j.cudnn.Emulator#possible")
class EmulatedGpuTest {
    /** The paper's network in small. */
    private static final MgnSpec SMALL = MgnSpec.mgn(2).toBuilder()
            .backbone(18, 1.0 / 16)
            .input(96, 32)
            .embedding(8)
            .build();

    private static final Model MODEL = LoweringTest.model(SMALL)
            .withRanges(Interpreter.ranges(LoweringTest.model(SMALL), LoweringTest.image(SMALL, 0)));

    @TempDir
    Path cache;

    @BeforeAll
    static void load() throws Exception {
        Emulator.load();
        Emulator.devices(90, 90, 75);
        assertThat(Device.unavailableReason()).isEmpty();
        assertThat(Device.all()).extracting(Device::capability).containsExactly(90, 90, 75);
    }

    @BeforeEach
    void takeFolder() {
        System.setProperty(DiskCache.PROPERTY, cache.toString());
    }

    @AfterEach
    void nothingIsLeft() {
        Emulator.failAt(0);
        Emulator.memory(8L << 30);
        Emulator.onlyPlain(false);
        assertThat(Emulator.live()).as("objects not freed").isZero();
        assertThat(Emulator.used()).as("bytes not freed").isZero();
    }

    private static CudnnEngine open(Model model, Precision precision, int device, boolean tune) {
        EngineOptions options = new EngineOptions(precision, 4, device, tune);
        return (CudnnEngine) new CudnnEngineProvider().open(model, options);
    }

    private static float[] run(CudnnEngine engine, int images) {
        MgnSpec spec = engine.spec();
        FloatBuffer features = FloatBuffer.allocate(images * spec.featureLength());
        float[] floats = ReferenceWeights.images(
                images, spec.input().height(), spec.input().width());
        engine.run(FloatBuffer.wrap(floats), images, features);
        return features.array();
    }

    private static float[] image(float[] features, int image, MgnSpec spec) {
        return Arrays.copyOfRange(features, image * spec.featureLength(), (image + 1) * spec.featureLength());
    }

    @ParameterizedTest
    @CsvSource({"FP32, 2e-6", "TF32, 2e-3", "FP16, 2e-3", "BF16, 2e-2", "INT8, 5e-2", "FP8, 2e-1"})
    void featuresAreTheNetworks(Precision precision, double most) {
        double worst = 0;
        for (int seed = 0; seed < 12; seed += 2) {
            MgnSpec spec = LoweringTest.spec(seed);
            Model plain = LoweringTest.model(spec);
            Model model = plain.withRanges(Interpreter.ranges(
                    plain, LoweringTest.image(spec, 0), LoweringTest.image(spec, 1), LoweringTest.image(spec, 2)));
            try (CudnnEngine engine = open(model, precision, 0, false)) {
                float[] features = run(engine, 2);
                for (int i = 0; i < 2; i++) {
                    double[] expected = NaiveNetwork.features(model, LoweringTest.image(spec, i));
                    worst = Math.max(worst, LoweringTest.apart(image(features, i, spec), expected));
                }
            }
        }
        assertThat(worst).isLessThan(most).isGreaterThan(most / 100);
    }

    /** Kernels with matrix instructions, and those for GPUs without: Turing has none that the engine uses. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void anOlderGpuTakesItsOwnKernels(Precision precision) {
        if (precision == Precision.BF16 || precision == Precision.INT8 || precision == Precision.FP8) {
            assertThatThrownBy(() -> open(MODEL, precision, 2, false))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("Emulated GPU 7.5 (compute capability 7.5) has no");
            return;
        }
        try (CudnnEngine older = open(MODEL, precision, 2, false)) {
            double[] expected = NaiveNetwork.features(MODEL, LoweringTest.image(SMALL, 0));
            assertThat(LoweringTest.apart(run(older, 1), expected)).isLessThan(2e-3);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "FP16", "INT8"})
    void pixelsAndMirrorsAreTakenAsTheyAre(Precision precision) {
        byte[] bytes = ReferenceWeights.pixels(3, 96, 32);
        byte[] mirrored = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            int pixel = i / 3;
            mirrored[(pixel / 32 * 32 + 31 - pixel % 32) * 3 + i % 3] = bytes[i];
        }
        try (CudnnEngine engine = open(MODEL, precision, 1, false)) {
            float[] plain = run(engine, bytes, false);
            float[] other = run(engine, mirrored, false);
            float[] both = run(engine, bytes, true);
            for (int i = 0; i < both.length; i++) {
                assertThat(both[i]).isEqualTo((plain[i] + other[i]) / 2);
            }
            ByteBuffer pinned = engine.newPixelBuffer(bytes.length).put(bytes);
            FloatBuffer features = FloatBuffer.allocate(both.length);
            engine.run(pinned, 3, true, features);
            assertThat(features.array()).isEqualTo(both);
        }
    }

    private static float[] run(CudnnEngine engine, byte[] pixels, boolean flip) {
        FloatBuffer features = FloatBuffer.allocate(3 * engine.spec().featureLength());
        engine.run(ByteBuffer.wrap(pixels), 3, flip, features);
        return features.array();
    }

    /** Branches may run at any time between what they read and what reads them: whatever the order, the bits are the same. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "INT8"})
    void theOrderOfIndependentWorkDoesNotMatter(Precision precision) {
        float[] first = {};
        for (int seed = 1; seed <= 12; seed++) {
            Emulator.seed(seed);
            try (CudnnEngine engine = open(MODEL, precision, 0, false)) {
                float[] features = run(engine, 2);
                first = seed == 1 ? features : first;
                assertThat(features).isEqualTo(first);
            }
        }
    }

    @Test
    void concurrentCallsGetTheirOwnFeatures() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try (CudnnEngine engine = open(MODEL, Precision.FP32, 0, false)) {
            float[] all = run(engine, 4);
            List<Callable<float[]>> calls = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                int images = 1 + i % 4;
                calls.add(() -> run(engine, images));
            }
            List<Future<float[]>> results = callers.invokeAll(calls);
            for (int i = 0; i < results.size(); i++) {
                int images = 1 + i % 4;
                for (int j = 0; j < images; j++) {
                    assertThat(image(results.get(i).get(), j, SMALL)).isEqualTo(image(all, j, SMALL));
                }
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void twoDevicesAreOneExtractor() {
        BufferedImage frame = new BufferedImage(9 * 32, 96, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < 9 * 32 * 96; i++) {
            frame.setRGB(i / 96, i % 96, random.nextInt(1 << 24));
        }
        List<Box> people = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            people.add(new Box(32 * i, 0, 32, 96));
        }
        try (FeatureExtractor one = extractor(1);
                FeatureExtractor both = extractor(0, 1)) {
            assertThat(both.extract(frame, people).data())
                    .isEqualTo(one.extract(frame, people).data());
        }
    }

    private static FeatureExtractor extractor(int... devices) {
        return FeatureExtractor.builder(MODEL)
                .engine("cudnn")
                .precision(Precision.FP32)
                .batch(2)
                .devices(devices)
                .build();
    }

    @Test
    void aBatchStaysOnTheDevice() {
        try (CudnnEngine engine = open(MODEL, Precision.FP16, 0, false)) {
            float[] expected = run(engine, 2);
            FloatBuffer features = FloatBuffer.allocate(expected.length);
            FloatBuffer images = FloatBuffer.wrap(ReferenceWeights.images(2, 96, 32));
            try (ResidentBatch batch = engine.resident(images, 2)) {
                batch.run();
                assertThat(batch.milliseconds()).isPositive();
                assertThat(run(engine, 2)).isEqualTo(expected);
                batch.features(features);
            }
            assertThat(features.array()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "FP16", "INT8"})
    void measuredChoicesAreKept(Precision precision) throws IOException {
        Path file = cache.resolve("choices-emulated-gpu-9-0-sm90.txt");
        float[] expected;
        try (CudnnEngine engine = open(MODEL, precision, 0, false)) {
            expected = run(engine, 1);
            assertThat(file).doesNotExist();
        }
        String measured;
        try (CudnnEngine engine = open(MODEL, precision, 0, true)) {
            assertThat(LoweringTest.apart(run(engine, 1), doubles(expected))).isLessThan(1e-2);
            measured = Files.readString(file);
        }
        assertThat(measured).startsWith("# mgn4j kernels 1, cuDNN 91900\n").contains(" = ");
        Emulator.failAt(0);
        try (CudnnEngine engine = open(MODEL, precision, 0, true)) {
            run(engine, 1);
            assertThat(Files.readString(file)).isEqualTo(measured);
        }
        long withChoices = Emulator.calls();
        for (String damaged : List.of("", "# mgn4j kernels 1, cuDNN 90000\n", measured.replace(" = ", " "))) {
            Files.writeString(file, damaged);
            Emulator.failAt(0);
            try (CudnnEngine engine = open(MODEL, precision, 0, true)) {
                run(engine, 1);
                assertThat(Emulator.calls()).isGreaterThan(withChoices);
                assertThat(Files.readString(file))
                        .startsWith("# mgn4j kernels 1, cuDNN 91900\n")
                        .contains(" = ");
            }
        }
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** The engine's own 1x1 convolutions in 8-bit integers, of many input channels and with a residual, to the bit. */
    @ParameterizedTest
    @CsvSource({"own64", "own128"})
    void ownConvolutionsAreCudnns(String label) throws IOException {
        MgnSpec spec = SMALL.toBuilder().backbone(50, 1.0 / 4).build();
        Model plain = LoweringTest.model(spec);
        Model model = plain.withRanges(Interpreter.ranges(plain, LoweringTest.image(spec, 0)));
        Path file = cache.resolve("choices-emulated-gpu-9-0-sm90.txt");
        try (CudnnEngine engine = open(model, Precision.INT8, 0, true)) {
            run(engine, 1);
        }
        String measured = Files.readString(file);
        List<float[]> features = new ArrayList<>();
        for (String kernel : List.of("A4e1", label)) {
            Files.writeString(file, measured.replaceAll("(?m)^(.* k1 s1 .*) = .*", "$1 = " + kernel));
            try (CudnnEngine engine = open(model, Precision.INT8, 0, false)) {
                features.add(run(engine, 1));
            }
            assertThat(Files.readString(file)).containsPattern("k1 s1 p0 relu add S8 S8 = " + kernel);
        }
        assertThat(features.get(1)).isEqualTo(features.get(0));
    }

    /** Where cuDNN has no kernel for a convolution with its epilogue, the engine's own follows a plain one. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "FP16", "BF16"})
    void epiloguesCanFollowConvolutions(Precision precision) {
        float[] fused;
        try (CudnnEngine engine = open(MODEL, precision, 0, false)) {
            fused = run(engine, 2);
        }
        Emulator.onlyPlain(true);
        try (CudnnEngine engine = open(MODEL, precision, 0, false)) {
            double most = precision == Precision.BF16 ? 2e-2 : precision == Precision.FP16 ? 2e-3 : 1e-6;
            assertThat(LoweringTest.apart(run(engine, 2), doubles(fused))).isLessThan(most);
        }
    }

    @Test
    void aConvolutionThatNobodyComputesIsNamed() {
        Emulator.onlyPlain(true);
        assertThatThrownBy(() -> {
                    try (CudnnEngine engine = open(MODEL, Precision.INT8, 0, false)) {
                        run(engine, 2);
                    }
                })
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("cuDNN 91900 has no kernel for the convolution 2 ");
    }

    @Test
    void kernelsThatAreNoKernelsAreCompiledAgain() throws IOException {
        try (CudnnEngine engine = open(MODEL, Precision.FP32, 0, false)) {
            run(engine, 1);
        }
        List<Path> kernels = files("kernels-*");
        assertThat(kernels).hasSize(1);
        byte[] code = Files.readAllBytes(kernels.get(0));
        Files.write(kernels.get(0), "damaged".getBytes(StandardCharsets.US_ASCII));
        try (CudnnEngine engine = open(MODEL, Precision.FP32, 0, false)) {
            run(engine, 1);
        }
        assertThat(Files.readAllBytes(kernels.get(0))).isEqualTo(code);
    }

    private List<Path> files(String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var found = Files.newDirectoryStream(cache, pattern)) {
            found.forEach(files::add);
        }
        return files;
    }

    @Test
    void twoHundredEnginesLeaveNothing() {
        for (int i = 0; i < 200; i++) {
            try (CudnnEngine engine = open(MODEL, Precision.FP32, i % 3, false)) {
                run(engine, 1 + i % 2);
            }
            assertThat(Emulator.live()).isZero();
        }
    }

    @Test
    void moreBatchSizesThanAreKeptAreFreed() {
        try (CudnnEngine engine = open(MODEL, Precision.FP32, 0, false)) {
            long most = 0;
            for (int i = 0; i < 24; i++) {
                run(engine, 5 + i % 8);
                most = i == 11 ? Emulator.live() : most;
            }
            assertThat(Emulator.live()).isLessThanOrEqualTo(most);
        }
    }

    @Test
    void tooLittleMemoryIsTold() {
        Emulator.memory(600_000);
        assertThatThrownBy(() -> {
                    try (CudnnEngine engine = open(MODEL, Precision.FP32, 0, false)) {
                        run(engine, 4);
                    }
                })
                .isInstanceOf(EngineException.class)
                .hasMessageMatching("cudaMalloc of [0-9,]+ bytes for .*: CUDA error 2 \\(out of memory\\)");
    }

    /** Each call of CUDA and cuDNN fails once: the failure names the call, nothing is left, and the next call works. */
    @ParameterizedTest
    @CsvSource({"FP32, false, 47", "INT8, true, 1501"})
    void anyCallMayFail(Precision precision, boolean tune, int step) {
        failures(precision, tune, step);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"FP32, false, 1", "FP32, true, 101", "INT8, true, 401"})
    void everyCallMayFail(Precision precision, boolean tune, int step) {
        failures(precision, tune, step);
    }

    private static void failures(Precision precision, boolean tune, int step) {
        System.setProperty(DiskCache.PROPERTY, "none");
        float[] expected = attempt(precision, tune, 0);
        long calls = Emulator.calls();
        assertThat(calls).isGreaterThan(1000);
        int failures = 0;
        List<String> left = new ArrayList<>();
        for (long call = 1; call <= calls; call += step) {
            long before = Emulator.live();
            String problem = "none";
            try {
                float[] features = attempt(precision, tune, call);
                assertThat(LoweringTest.apart(features, doubles(expected))).isLessThan(1e-2);
            } catch (EngineException e) {
                problem = e.getMessage();
                assertThat(problem).matches("(?s).+(error|no kernel|do not compile).*");
                failures++;
            }
            if (Emulator.live() != before) {
                left.add("%d objects by call %d: %s".formatted(Emulator.live() - before, call, problem));
            }
        }
        assertThat(left).isEmpty();
        assertThat(failures).isGreaterThan((int) (calls / step / 2));
        assertThat(attempt(precision, tune, 0)).isEqualTo(expected);
    }

    /** Runs batches of all kinds on an engine of their own. */
    private static float[] attempt(Precision precision, boolean tune, long failure) {
        Emulator.failAt(failure);
        try (CudnnEngine engine = open(MODEL, precision, 0, tune)) {
            float[] features = run(engine, 2);
            engine.run(engine.newPixelBuffer(96 * 32 * 3), 1, true, FloatBuffer.allocate(SMALL.featureLength()));
            try (ResidentBatch batch = engine.resident(FloatBuffer.wrap(ReferenceWeights.images(1, 96, 32)), 1)) {
                assertThat(batch.milliseconds()).isPositive();
            }
            return features;
        }
    }
}
