package io.github.mgn4j.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.fixtures.NaiveNetwork;
import io.github.mgn4j.fixtures.RandomModels;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.ImageException;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.verify.Comparison;
import io.github.mgn4j.verify.Threshold;
import io.github.mgn4j.verify.VerificationException;
import io.github.mgn4j.verify.VerificationThresholds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureExtractorTest {
    private static final MgnSpec SPEC = MgnSpec.builder()
            .backbone(18, 1.0 / 16)
            .input(96, 32)
            .embedding(8)
            .classes(4)
            .build();
    private static final Model MODEL = RandomModels.of(SPEC, 3);

    @TempDir
    Path folder;

    private final List<Path> images = new ArrayList<>();

    @BeforeEach
    void writeImages() throws IOException {
        for (int i = 0; i < 5; i++) {
            Path file = folder.resolve("image" + i + ".png");
            ImageIO.write(image(i).toBufferedImage(), "png", file.toFile());
            images.add(file);
        }
    }

    @Test
    void aFeatureIsTheMeanOfTheImagesAndItsMirrors() throws IOException {
        double[] plain = NaiveNetwork.features(MODEL, prepared(image(2), false));
        double[] mirrored = NaiveNetwork.features(MODEL, prepared(image(2), true));
        try (FeatureExtractor flipping = FeatureExtractor.builder(MODEL).build();
                FeatureExtractor single =
                        FeatureExtractor.builder(MODEL).flip(false).build()) {
            float[] averaged = flipping.extract(images.get(2));
            float[] alone = single.extract(images.get(2));
            assertThat(flipping.dims()).isEqualTo(averaged.length);
            for (int j = 0; j < plain.length; j++) {
                assertThat((double) averaged[j]).isCloseTo((plain[j] + mirrored[j]) / 2, within(1e-4));
                assertThat((double) alone[j]).isCloseTo(plain[j], within(1e-4));
            }
        }
    }

    @Test
    void comparesByTheThresholdsOfTheModel() throws IOException {
        try (FeatureExtractor plain = FeatureExtractor.builder(MODEL).build()) {
            float[] a = plain.extract(images.get(0));
            float[] b = plain.extract(images.get(1));
            double distance = DistanceMetric.EUCLIDEAN.between(a, b);
            assertThat(distance).isPositive();
            assertThatThrownBy(() -> plain.compare(images.get(0), images.get(1)))
                    .isInstanceOf(VerificationException.class)
                    .hasMessageContaining("--store-thresholds");

            Model model = MODEL.withThresholds(new VerificationThresholds(
                    DistanceMetric.EUCLIDEAN,
                    true,
                    "images",
                    9,
                    5000,
                    List.of(new Threshold(0.1, distance, 0.9), new Threshold(0.001, distance / 2, 0.5))));
            try (FeatureExtractor extractor = FeatureExtractor.builder(model).build();
                    FeatureExtractor single =
                            FeatureExtractor.builder(model).flip(false).build()) {
                Comparison strict = extractor.compare(images.get(0), images.get(1));
                assertThat(strict.same()).isFalse();
                assertThat(strict.distance()).isEqualTo(distance);
                assertThat(strict.threshold()).isEqualTo(distance / 2);
                assertThat(strict.falseAcceptRate()).hasValue(0.001);
                Comparison loose = extractor.compare(images.get(0), images.get(1), 0.2);
                assertThat(loose.same()).isTrue();
                assertThat(loose.falseAcceptRate()).hasValue(0.1);
                assertThat(extractor.compare(a, b, 0.2)).isEqualTo(loose);
                assertThat(extractor.compare(images.get(3), images.get(3)).distance())
                        .isZero();
                assertThatThrownBy(() -> extractor.compare(images.get(0), folder.resolve("none"), 1e-5))
                        .isInstanceOf(VerificationException.class) // before an image is read
                        .hasMessageStartingWith("no threshold for a false-accept rate of 1.0E-5");
                assertThatThrownBy(() -> single.compare(images.get(0), images.get(1)))
                        .isInstanceOf(VerificationException.class)
                        .hasMessage("the model's thresholds are for features with flip true, the extractor was built"
                                + " with flip false");
            }
        }
    }

    @Test
    void everyWayInGivesTheSameFeatures() throws IOException {
        Path file = folder.resolve("model.safetensors");
        ModelFile.save(file, MODEL);
        try (FeatureExtractor extractor = FeatureExtractor.open(file)) {
            float[] expected = extractor.extract(images.get(1));
            byte[] bytes = Files.readAllBytes(images.get(1));
            assertThat(extractor.extract(new ByteArrayInputStream(bytes), "stream"))
                    .isEqualTo(expected);
            assertThat(extractor.extract(image(1).toBufferedImage())).isEqualTo(expected);
            assertThat(extractor.extractImages(List.of(image(1))).row(0)).isEqualTo(expected);
        }
    }

    @Test
    void batchesAndTheirLastPartChangeNothing() throws IOException {
        try (FeatureExtractor one = FeatureExtractor.builder(MODEL).batch(1).build();
                FeatureExtractor two = FeatureExtractor.builder(MODEL).batch(2).build()) {
            FeatureMatrix expected = one.extract(images);
            List<Integer> progress = new ArrayList<>();
            List<float[]> rows = new ArrayList<>();
            List<Path> order = new ArrayList<>();
            two.extract(images, OnError.FAIL, (done, total) -> progress.add(done), (image, row) -> {
                order.add(image);
                rows.add(row);
            });
            assertThat(order).isEqualTo(images);
            assertThat(progress).containsExactly(2, 4, 5);
            for (int i = 0; i < images.size(); i++) {
                for (int j = 0; j < expected.dims(); j++) {
                    assertThat(rows.get(i)[j]).isCloseTo(expected.get(i, j), within(1e-5f));
                }
            }
            assertThat(two.extract(List.of()).rows()).isZero();
        }
    }

    @Test
    void aBrokenImageFailsOrIsSkipped() throws IOException {
        Path broken = folder.resolve("broken.jpg");
        Files.writeString(broken, "this is a text");
        images.add(2, broken);
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(MODEL).batch(3).build()) {
            assertThatThrownBy(() -> extractor.extract(images))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("broken.jpg");
            List<Path> skipped = new ArrayList<>();
            List<Path> kept = new ArrayList<>();
            ExtractionListener listener = new ExtractionListener() {
                @Override
                public void progress(int done, int total) {
                    assertThat(total).isEqualTo(6);
                }

                @Override
                public void skipped(Path image, Exception reason) {
                    skipped.add(image);
                }
            };
            extractor.extract(images, OnError.SKIP, listener, (image, row) -> kept.add(image));
            assertThat(skipped).containsExactly(broken);
            images.remove(broken);
            assertThat(kept).isEqualTo(images);
        }
    }

    @Test
    void threadsShareOneExtractor() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (FeatureExtractor extractor = FeatureExtractor.builder(MODEL).build()) {
            FeatureMatrix expected = extractor.extract(images);
            List<Future<float[]>> found = IntStream.range(0, 20)
                    .mapToObj(i -> threads.submit(() -> extractor.extract(images.get(i % 5))))
                    .toList();
            for (int i = 0; i < found.size(); i++) {
                float[] row = found.get(i).get();
                for (int j = 0; j < row.length; j++) {
                    assertThat(row[j]).isCloseTo(expected.get(i % 5, j), within(1e-5f));
                }
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void featuresThatAreNotFiniteDoNotLeave() throws IOException {
        FakeEngine engine = new FakeEngine() {
            @Override
            public void run(FloatBuffer images, int batch, FloatBuffer features) {
                super.run(images, batch, features);
                features.put(SPEC.featureLength() + 1, Float.NaN); // of the second image
            }
        };
        String message = "the engine fake gives NaN as value 1 of a feature: the weights are too large for its"
                + " arithmetic (FP32)";
        try (FeatureExtractor extractor =
                new FeatureExtractor(engine, false, 2, Resampling.BILINEAR, 1, ImageDecoder::decode)) {
            List<Path> kept = new ArrayList<>();
            assertThatThrownBy(() -> extractor.extract(
                            images, OnError.SKIP, ExtractionListener.NONE, (image, row) -> kept.add(image)))
                    .isInstanceOf(EngineException.class)
                    .hasMessage(images.get(1) + ": " + message);
            assertThat(kept).isEmpty();
            assertThatThrownBy(() -> extractor.extractImages(List.of(image(0), image(1))))
                    .isInstanceOf(EngineException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void closingWaitsForImagesInMemoryAndRefusesFurtherOnes() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean freed = new AtomicBoolean();
        FakeEngine engine =
                new FakeEngine(run -> {
                    running.countDown();
                    Uninterruptibles.awaitUninterruptibly(goOn);
                    assertThat(freed).isFalse();
                }) {
                    @Override
                    public void close() {
                        freed.set(true);
                    }
                };
        FeatureExtractor extractor =
                new FeatureExtractor(engine, true, 1, Resampling.BILINEAR, 1, ImageDecoder::decode);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Future<float[]> busy = threads.submit(() -> extractor.extract(FakeEngine.image(5)));
            running.await();
            Future<?> closing = threads.submit(extractor::close);
            assertThatThrownBy(() -> closing.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(freed).isFalse();
            assertThatThrownBy(() -> extractor.extract(images))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the extractor is closed");
            goOn.countDown();
            assertThat(FakeEngine.index(busy.get())).isEqualTo(5);
            closing.get();
            assertThat(freed).isTrue();
            assertThatThrownBy(() -> extractor.extract(FakeEngine.image(5)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the extractor is closed");
        } finally {
            goOn.countDown();
            threads.shutdown();
        }
    }

    @Test
    void anUnknownEngineIsNamed() {
        assertThatThrownBy(() -> FeatureExtractor.builder(MODEL).engine("warp").build())
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("unknown engine 'warp'")
                .hasMessageContaining("samediff");
    }

    private static double[][][] prepared(RgbImage image, boolean mirrored) {
        Preprocessor preprocessor = new Preprocessor(SPEC.input(), Resampling.BILINEAR);
        FloatBuffer buffer = FloatBuffer.allocate(preprocessor.length());
        preprocessor.write(preprocessor.resize(image), mirrored, Layout.NCHW, buffer, 0);
        int height = SPEC.input().height();
        int width = SPEC.input().width();
        double[][][] pixels = new double[3][height][width];
        for (int i = 0; i < preprocessor.length(); i++) {
            pixels[i / (height * width)][i / width % height][i % width] = buffer.get(i);
        }
        return pixels;
    }

    private static RgbImage image(int seed) {
        int width = 50 + seed;
        int height = 120;
        byte[] rgb = new byte[3 * width * height];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 300 * (seed + 3) + random.nextInt(60));
        }
        return new RgbImage(width, height, rgb);
    }
}
