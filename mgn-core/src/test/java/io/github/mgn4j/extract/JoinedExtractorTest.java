package io.github.mgn4j.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.image.ImageException;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Joined features against those that the networks extract one by one. */
@Timeout(60)
class JoinedExtractorTest {
    private static final int DIMS = FakeEngine.SPEC.featureLength();
    private static final ImageSource IMAGES = path -> FakeEngine.image(FakeEngine.index(path));

    /** Another network, whose features are others, and can be zeros. */
    private static final class Squares extends FakeEngine {
        private final AtomicInteger closed = new AtomicInteger();

        @Override
        public void run(FloatBuffer images, int batch, FloatBuffer features) {
            super.run(images, batch, features);
            for (int i = 0; i < batch * DIMS; i++) {
                float value = features.get(i);
                features.put(i, i % DIMS == 0 ? value * value : 0);
            }
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    @Test
    void aRowIsTheNetworksRowsOneAfterTheOther() {
        List<RgbImage> images = images(5);
        try (FeatureExtractor first = extractor(new FakeEngine(), IMAGES);
                FeatureExtractor second = extractor(new Squares(), IMAGES);
                JoinedExtractor joined = JoinedExtractor.of(List.of(first, second), false)) {
            FeatureMatrix found = joined.extractImages(images);
            assertThat(joined.dims()).isEqualTo(2 * DIMS);
            assertThat(found.rows()).isEqualTo(5);
            for (int i = 0; i < 5; i++) {
                assertThat(found.row(i))
                        .isEqualTo(naive(false, first.extract(images.get(i)), second.extract(images.get(i))));
                assertThat(joined.extract(images.get(i))).isEqualTo(found.row(i));
                assertThat(joined.extract(images.get(i).toBufferedImage())).isEqualTo(found.row(i));
            }
        }
    }

    @Test
    void eachNetworksRowIsDividedByItsOwnLength() {
        List<RgbImage> images = images(4);
        try (FeatureExtractor first = extractor(new FakeEngine(), IMAGES);
                FeatureExtractor second = extractor(new Squares(), IMAGES);
                JoinedExtractor joined = JoinedExtractor.of(List.of(first, second), true)) {
            FeatureMatrix found = joined.extractImages(images);
            for (int i = 0; i < 4; i++) {
                float[] wanted = naive(true, first.extract(images.get(i)), second.extract(images.get(i)));
                assertThat(found.row(i)).containsExactly(wanted);
                assertThat(length(found.row(i))).isBetween(Math.sqrt(2) - 1e-6, Math.sqrt(2) + 1e-6);
            }
        }
    }

    @Test
    void filesGiveTheSameAsImagesAcrossWindows() throws IOException {
        List<Path> paths = FakeEngine.paths(600); // more than two windows
        try (JoinedExtractor joined = joined(IMAGES, true)) {
            FeatureMatrix wanted = joined.extractImages(images(600));
            List<Integer> progress = new ArrayList<>();
            List<Path> order = new ArrayList<>();
            joined.extract(paths, OnError.FAIL, (done, total) -> progress.add(done), (path, row) -> {
                assertThat(row).isEqualTo(wanted.row(FakeEngine.index(path)));
                order.add(path);
            });
            assertThat(order).isEqualTo(paths);
            assertThat(progress).isSorted().endsWith(600);
            assertThat(joined.extract(paths.subList(0, 3))).isEqualTo(wanted.select(new int[] {0, 1, 2}));
        }
    }

    @Test
    void anImageThatCannotBeReadIsLeftOutOnceForAllNetworks() throws IOException {
        ImageSource source = path -> {
            if (FakeEngine.index(path) % 4 == 1) {
                throw new ImageException(path + ": not an image");
            }
            return IMAGES.read(path);
        };
        try (JoinedExtractor joined = joined(source, false)) {
            List<Integer> skipped = new ArrayList<>();
            List<Integer> read = new ArrayList<>();
            ExtractionListener listener = new ExtractionListener() {
                @Override
                public void progress(int done, int total) {}

                @Override
                public void skipped(Path image, Exception reason) {
                    skipped.add(FakeEngine.index(image));
                }
            };
            joined.extract(
                    FakeEngine.paths(10), OnError.SKIP, listener, (path, row) -> read.add(FakeEngine.index(path)));
            assertThat(skipped).containsExactly(1, 5, 9);
            assertThat(read).containsExactly(0, 2, 3, 4, 6, 7, 8);
            assertThatThrownBy(() -> joined.extract(FakeEngine.paths(3)))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("1.jpg");
        }
    }

    @Test
    void threadsShareIt() throws Exception {
        List<RgbImage> images = images(40);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (JoinedExtractor joined = joined(IMAGES, true)) {
            FeatureMatrix wanted = joined.extractImages(images);
            Callable<FeatureMatrix> work = () -> joined.extractImages(images);
            for (Future<FeatureMatrix> found : threads.invokeAll(List.of(work, work, work, work))) {
                assertThat(found.get()).isEqualTo(wanted);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void closingClosesAllNetworksEvenIfOneFails() {
        Squares last = new Squares();
        FakeEngine failing = new FakeEngine() {
            @Override
            public void close() {
                throw new IllegalStateException("cannot close");
            }
        };
        JoinedExtractor joined =
                JoinedExtractor.of(List.of(extractor(failing, IMAGES), extractor(last, IMAGES)), false);
        assertThatThrownBy(joined::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot close");
        assertThat(last.closed).hasValue(1);
        assertThatThrownBy(() -> joined.extractImages(images(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void nothingToJoinIsRefused() {
        assertThatThrownBy(() -> JoinedExtractor.of(List.of(), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no extractors to join, expected at least one");
    }

    private static JoinedExtractor joined(ImageSource source, boolean normalise) {
        return JoinedExtractor.of(
                List.of(extractor(new FakeEngine(), source), extractor(new Squares(), source)), normalise);
    }

    private static FeatureExtractor extractor(FakeEngine engine, ImageSource source) {
        return new FeatureExtractor(engine, false, 8, Resampling.BILINEAR, 2, source);
    }

    private static List<RgbImage> images(int count) {
        return IntStream.range(0, count).mapToObj(FakeEngine::image).toList();
    }

    private static float[] naive(boolean normalise, float[]... parts) {
        float[] joined = new float[2 * DIMS];
        for (int p = 0; p < parts.length; p++) {
            double length = normalise ? length(parts[p]) : 1;
            for (int i = 0; i < DIMS; i++) {
                joined[p * DIMS + i] = (float) (parts[p][i] / length);
            }
        }
        return joined;
    }

    private static double length(float[] row) {
        double squares = 0;
        for (float value : row) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
