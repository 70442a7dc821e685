package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.fixtures.TinySpecs;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every engine on the class path promises. The SameDiff engine, which mgn-samediff proves against plain loops and
 * PyTorch, says what the features are.
 */
class EnginesTest {
    private static final int HEIGHT = 96;
    private static final int WIDTH = 40;
    private static final MgnSpec TINY = TinySpecs.tiny(50);

    static Stream<EngineProvider> engines() {
        return Engines.providers().stream().filter(EngineProvider::available);
    }

    static Stream<Arguments> enginesAndSpecs() {
        List<MgnSpec> specs = new ArrayList<>(TinySpecs.all());
        specs.addAll(TinySpecs.variants());
        specs.add(TinySpecs.tiny(101));
        specs.add(TINY.toBuilder().backbone(50, 0.25).embedding(32).build());
        specs.add(TINY.toBuilder()
                .input(90, 39)
                .branches(Branch.globalOnly(), Branch.part(2))
                .build());
        return engines()
                .flatMap(engine -> specs.stream()
                        .filter(spec -> engine.refusal(spec, Precision.FP32).isEmpty())
                        .map(spec -> Arguments.of(engine, spec)));
    }

    @BeforeAll
    static void thereAreAtLeastTwo() {
        assertThat(engines().map(EngineProvider::name)).contains("samediff", "onednn");
    }

    @ParameterizedTest
    @MethodSource("enginesAndSpecs")
    void featuresAreThoseOfSameDiff(EngineProvider provider, MgnSpec spec) {
        Model model = ReferenceWeights.model(spec);
        try (Engine reference = Engines.open("samediff", model, options(8));
                Engine engine = provider.open(model, options(8))) {
            float[] expected = run(reference, 8);
            float largest = (float) largest(expected);
            assertThat(largest).isGreaterThan(0.1f);
            for (int batch : new int[] {1, 3, 8, 3}) {
                float[] found = run(engine, batch);
                assertThat(difference(found, expected)).isLessThan(1e-4 * largest);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anImagesFeaturesDoNotDependOnItsBatch(EngineProvider provider) {
        try (Engine engine = provider.open(ReferenceWeights.model(TINY), options(5))) {
            float[] together = run(engine, 5);
            int dims = TINY.featureLength();
            for (int i = 0; i < 5; i++) {
                float[] alone = run(engine, i, 1);
                assertThat(difference(alone, Arrays.copyOfRange(together, i * dims, (i + 1) * dims)))
                        .isLessThan(1e-4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void memoryOfTheCallerMayBeDirectOrNot(EngineProvider provider) {
        try (Engine engine = provider.open(ReferenceWeights.model(TINY), options(2))) {
            FloatBuffer heap = images(engine.inputLayout(), 0, 2);
            FloatBuffer direct = direct(heap.capacity());
            direct.put(heap.duplicate());
            FloatBuffer features = direct(2 * TINY.featureLength() + 3);
            engine.run(direct, 2, features);
            float[] found = new float[2 * TINY.featureLength()];
            features.get(0, found);
            assertThat(found).isEqualTo(run(engine, 2));
            assertThat(features.get(2 * TINY.featureLength())).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void severalThreadsGetTheirOwnFeatures(EngineProvider provider) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        Model model = ReferenceWeights.model(TinySpecs.tiny(18));
        try (Engine one = provider.open(model, options(1));
                Engine other = provider.open(model, options(1))) {
            List<float[]> expected =
                    IntStream.range(0, 4).mapToObj(i -> run(one, i, 1)).toList();
            List<Future<float[]>> found = IntStream.range(0, 40)
                    .mapToObj(i -> threads.submit(() -> run(i % 3 == 0 ? other : one, i % 4, 1)))
                    .toList();
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i).get()).isEqualTo(expected.get(i % 4));
            }
        } finally {
            threads.shutdown();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aClosedEngineSaysSo(EngineProvider provider) {
        Engine engine = provider.open(ReferenceWeights.model(TinySpecs.tiny(18)), options(1));
        engine.close();
        engine.close();
        assertThatThrownBy(() -> run(engine, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the engine is closed");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void closingUnderBusyCallersGivesRightFeaturesOrRefuses(EngineProvider provider) throws Exception {
        Model model = ReferenceWeights.model(TinySpecs.tiny(18));
        float[] expected;
        try (Engine engine = provider.open(model, options(1))) {
            expected = run(engine, 1);
        }
        for (int round = 0; round < 10; round++) {
            Engine engine = provider.open(model, options(1));
            assertClosesUnder(engine, () -> run(engine, 1), expected, "the engine is closed", round);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void closingAnExtractorUnderBusyCallersDoesTheSame(EngineProvider provider) throws Exception {
        Model model = ReferenceWeights.model(TinySpecs.tiny(18));
        byte[] rgb = new byte[3 * HEIGHT * WIDTH];
        Arrays.fill(rgb, (byte) 99);
        RgbImage image = new RgbImage(WIDTH, HEIGHT, rgb);
        float[] expected;
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(model).engine(provider.name()).build()) {
            expected = extractor.extract(image);
        }
        for (int round = 0; round < 10; round++) {
            FeatureExtractor extractor =
                    FeatureExtractor.builder(model).engine(provider.name()).build();
            assertClosesUnder(extractor, () -> extractor.extract(image), expected, "the extractor is closed", round);
        }
    }

    /** Six callers in loops, and two that close in their midst. */
    private static void assertClosesUnder(
            AutoCloseable closed, Callable<float[]> call, float[] expected, String refusal, int round)
            throws Exception {
        int callers = 6;
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch busy = new CountDownLatch(callers);
        try {
            List<Future<Integer>> calls = IntStream.range(0, callers)
                    .mapToObj(i -> threads.submit(() -> {
                        for (int done = 0; ; done++) {
                            float[] found;
                            try {
                                found = call.call();
                            } catch (IllegalStateException e) {
                                assertThat(e).hasMessage(refusal);
                                busy.countDown();
                                return done;
                            }
                            assertThat(found).isEqualTo(expected);
                            busy.countDown();
                        }
                    }))
                    .toList();
            busy.await();
            Thread.sleep(round); // another moment of their calls each time
            List<Future<?>> closing = List.of(threads.submit(() -> close(closed)), threads.submit(() -> close(closed)));
            for (Future<?> each : closing) {
                each.get(60, TimeUnit.SECONDS);
            }
            int done = 0;
            for (Future<Integer> each : calls) {
                done += each.get(60, TimeUnit.SECONDS);
            }
            assertThat(done).isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    private static Object close(AutoCloseable closed) throws Exception {
        closed.close();
        return closed;
    }

    @ParameterizedTest
    @MethodSource("engines")
    void buffersOfTheWrongSizeAreRefused(EngineProvider provider) {
        try (Engine engine = provider.open(ReferenceWeights.model(TinySpecs.tiny(18)), options(1))) {
            FloatBuffer small = FloatBuffer.allocate(10);
            assertThatThrownBy(() -> engine.run(small, 1, FloatBuffer.allocate(1000)))
                    .hasMessage("images hold 10 values, expected 11520");
            assertThatThrownBy(() -> engine.run(FloatBuffer.allocate(3 * HEIGHT * WIDTH), 1, small))
                    .hasMessage("features have room for 10 values, expected 1 x 64");
            assertThatThrownBy(() -> engine.run(small, 0, small)).hasMessage("batch must be at least 1, not 0");
        }
    }

    @Test
    void theFastestIsTheDefault() {
        try (Engine engine = Engines.open(Engines.AUTO, ReferenceWeights.model(TinySpecs.tiny(18)), options(1))) {
            assertThat(engine.name()).isEqualTo("onednn");
        }
    }

    private static EngineOptions options(int batch) {
        return new EngineOptions(Precision.FP32, batch);
    }

    private static float[] run(Engine engine, int batch) {
        return run(engine, 0, batch);
    }

    /** Features of the formula's images from {@code first} on. */
    private static float[] run(Engine engine, int first, int batch) {
        FloatBuffer features = FloatBuffer.allocate(batch * engine.spec().featureLength());
        int height = engine.spec().input().height();
        int width = engine.spec().input().width();
        engine.run(images(engine.inputLayout(), first, batch, height, width), batch, features);
        return features.array();
    }

    private static FloatBuffer images(Layout layout, int first, int batch) {
        return images(layout, first, batch, HEIGHT, WIDTH);
    }

    private static FloatBuffer images(Layout layout, int first, int batch, int height, int width) {
        int pixels = height * width;
        float[] planes = ReferenceWeights.images(first + batch, height, width);
        float[] images = new float[batch * 3 * pixels];
        for (int i = 0; i < images.length; i++) {
            int image = first + i / (3 * pixels);
            int inside = i % (3 * pixels);
            int from = layout == Layout.NCHW ? inside : inside % 3 * pixels + inside / 3;
            images[i] = planes[image * 3 * pixels + from];
        }
        return FloatBuffer.wrap(images);
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** The largest difference of as many values as were found. */
    private static double difference(float[] found, float[] expected) {
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs((double) found[i] - expected[i]));
        }
        return largest;
    }

    private static double largest(float[] values) {
        return difference(values, new float[values.length]);
    }
}
