package io.github.mgn4j.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Direct memory is freed late, so an extractor must not ask for it with every call. */
@Timeout(60)
class DirectMemoryTest {
    private static final List<RgbImage> IMAGES = FakeEngine.paths(11).stream()
            .map(path -> FakeEngine.image(FakeEngine.index(path)))
            .toList();

    @Test
    void callsInAnyNumberTakeNoMore() throws IOException {
        AtomicBoolean fails = new AtomicBoolean();
        FakeEngine engine = new FakeEngine(run -> {
            if (fails.get()) {
                throw new IllegalStateException("no device");
            }
        });
        ImageSource source = path -> IMAGES.get(FakeEngine.index(path));
        try (FeatureExtractor extractor = new FeatureExtractor(engine, true, 4, Resampling.BILINEAR, 2, source)) {
            everyWayIn(extractor);
            long before = directBytes();
            assertThat(before).isPositive();
            for (int i = 0; i < 100; i++) {
                everyWayIn(extractor);
                assertThat(directBytes()).isLessThanOrEqualTo(before); // less where others' buffers are freed
            }
            fails.set(true);
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> extractor.extract(IMAGES.get(0))).hasMessage("no device");
                assertThatThrownBy(() -> extractor.extract(FakeEngine.paths(9))).hasMessage("no device");
            }
            assertThat(directBytes()).isLessThanOrEqualTo(before);
        }
    }

    private static void everyWayIn(FeatureExtractor extractor) throws IOException {
        for (int i = 0; i < 10; i++) {
            assertThat(FakeEngine.index(extractor.extract(IMAGES.get(i)))).isEqualTo(i);
        }
        for (int count = 0; count < 11; count++) {
            assertThat(extractor.extractImages(IMAGES.subList(0, count)).rows()).isEqualTo(count);
            assertThat(extractor.extract(FakeEngine.paths(count)).rows()).isEqualTo(count);
        }
    }

    @Test
    void manyThreadsShareAFewBuffers() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(32);
        try (FeatureExtractor extractor =
                new FeatureExtractor(new FakeEngine(), true, 4, Resampling.BILINEAR, 2, ImageDecoder::decode)) {
            long before = directBytes();
            List<Future<float[]>> found = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                RgbImage image = IMAGES.get(i % 11);
                found.add(threads.submit(() -> extractor.extract(image)));
            }
            for (int i = 0; i < 2000; i++) {
                assertThat(FakeEngine.index(found.get(i).get())).isEqualTo(i % 11);
            }
            long views = 2;
            long buffer = views * Float.BYTES * (FakeEngine.LENGTH + FakeEngine.SPEC.featureLength());
            assertThat(directBytes() - before).isLessThanOrEqualTo(2 * 2 * buffer); // twice the decoders
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void buffersOfFewSizesAreKeptUntilThePoolIsClosed() {
        BufferPool pool = new BufferPool(24, 1000, DirectMemoryTest::buffer);
        assertThat(List.of(0, 1, 2, 3, 4, 5, 8, 9, 16, 17, 24, 25, 1_000_000_000))
                .extracting(images -> pool.take(images).capacity())
                .containsExactly(1, 1, 2, 4, 4, 8, 8, 16, 16, 24, 24, 24, 24);
        BatchBuffer buffer = pool.take(7);
        pool.give(buffer);
        assertThat(pool.take(3)).isNotSameAs(buffer);
        assertThat(pool.take(8)).isSameAs(buffer);
        assertThat(pool.take(8)).isNotSameAs(buffer);
        pool.give(buffer);
        pool.close();
        assertThat(pool.take(8)).isNotSameAs(buffer);
        pool.give(buffer);
        assertThat(pool.take(8)).isNotSameAs(buffer);
    }

    @Test
    void aBatchThatNoBufferHoldsIsRefused() {
        int most = Engines.largestBatch(new FakeEngine());
        assertThat(most).isEqualTo(58_254); // 2^31 / 4 / (3 x 96 x 32)
        assertThatThrownBy(() -> buffer(most + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch is 58255, must be at most 58254 for this network");
    }

    @Test
    void aHugeBatchTakesWhatTheImagesNeed() {
        List<Integer> made = new ArrayList<>();
        BufferPool pool = new BufferPool(2_000_000_000, 1000, capacity -> {
            made.add(capacity);
            return buffer(1);
        });
        for (int images : new int[] {1, 600, 1000, 1001, Integer.MAX_VALUE}) {
            pool.take(images);
        }
        // More than a buffer holds are asked for all the same: its exception names the number.
        assertThat(made).containsExactly(1, 1000, 1000, 1001, 2_000_000_000);
    }

    private static BatchBuffer buffer(int capacity) {
        Preprocessor preprocessor = new Preprocessor(FakeEngine.SPEC.input(), Resampling.BILINEAR);
        return BatchBuffer.of(new FakeEngine(), preprocessor, false, capacity, capacity);
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .findFirst()
                .orElseThrow();
    }
}
