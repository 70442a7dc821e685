package io.github.mgn4j.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.image.ImageException;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who does what at the same time, on an engine that says when it begins and images that say when they are read. */
@Timeout(60)
class FileExtractionTest {
    private static final ImageSource IMAGES = path -> FakeEngine.image(FakeEngine.index(path));

    @AfterEach
    void noThreadsAreLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("mgn-"));
    }

    @Test
    void threeBatchesArePreparedWhileTheFirstIsComputed() throws IOException {
        CountDownLatch seventh = new CountDownLatch(1);
        FakeEngine engine = new FakeEngine(run -> await(seventh));
        ImageSource source = path -> {
            if (FakeEngine.index(path) == 6) { // one decoder: those before it are in their places
                seventh.countDown();
            }
            return IMAGES.read(path);
        };
        try (FeatureExtractor extractor = extractor(engine, 2, 1, source)) {
            assertThat(indices(extractor, 9, OnError.FAIL)).isEqualTo(upTo(9));
        }
        assertThat(engine.batches).containsExactly(2, 2, 2, 2, 2, 2, 2, 2, 1, 1);
    }

    @Test
    void theEngineGoesOnWhileTheSinkIsAtWork() throws IOException {
        CountDownLatch thirdBatch = new CountDownLatch(1);
        FakeEngine engine = new FakeEngine(run -> {
            if (run == 4) {
                thirdBatch.countDown();
            }
        });
        List<Integer> found = new ArrayList<>();
        try (FeatureExtractor extractor = extractor(engine, 2, 2, IMAGES)) {
            extractor.extract(FakeEngine.paths(6), OnError.FAIL, ExtractionListener.NONE, (path, row) -> {
                await(thirdBatch);
                found.add(FakeEngine.index(row));
            });
        }
        assertThat(found).isEqualTo(upTo(6));
    }

    @Test
    void aSlowImageDoesNotKeepTheOthersFromBeingDecoded() throws IOException {
        CountDownLatch others = new CountDownLatch(5);
        ImageSource source = path -> {
            if (FakeEngine.index(path) == 0) {
                await(others);
            } else {
                others.countDown();
            }
            return IMAGES.read(path);
        };
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 4, 2, source)) { // decodes 4 + 2 ahead
            assertThat(indices(extractor, 12, OnError.FAIL)).isEqualTo(upTo(12));
        }
    }

    @Test
    void imagesInMemoryAreBounded() throws IOException {
        int batch = 4;
        int decoders = 3;
        AtomicInteger delivered = new AtomicInteger();
        AtomicInteger mostAhead = new AtomicInteger();
        ImageSource source = path -> {
            int ahead = FakeEngine.index(path) + 1 - delivered.get();
            mostAhead.accumulateAndGet(ahead, Math::max);
            return IMAGES.read(path);
        };
        try (FeatureExtractor extractor = extractor(new FakeEngine(), batch, decoders, source)) {
            extractor.extract(
                    FakeEngine.paths(5000),
                    OnError.FAIL,
                    ExtractionListener.NONE,
                    (path, row) -> delivered.incrementAndGet());
        }
        int handedOut = batch;
        assertThat(delivered).hasValue(5000);
        assertThat(mostAhead.get())
                .isBetween(batch, (1 + FileExtraction.WAITING) * batch + handedOut + (batch + decoders));
    }

    @Test
    void batchesAreFullAndInOrderWhateverIsLeftOut() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            int count = random.nextInt(60);
            int batch = 1 + random.nextInt(9);
            double share = random.nextInt(4) / 3.0;
            Set<Integer> broken = new TreeSet<>();
            for (int i = 0; i < count; i++) {
                if (random.nextDouble() < share) {
                    broken.add(i);
                }
            }
            leavesOut(count, batch, 1 + random.nextInt(5), broken);
        }
    }

    private static void leavesOut(int count, int batch, int decoders, Set<Integer> broken) throws IOException {
        FakeEngine engine = new FakeEngine();
        List<Integer> found = new ArrayList<>();
        List<Integer> skipped = new ArrayList<>();
        List<Integer> progress = new ArrayList<>();
        ExtractionListener listener = new ExtractionListener() {
            @Override
            public void progress(int done, int total) {
                assertThat(total).isEqualTo(count);
                progress.add(done);
            }

            @Override
            public void skipped(Path image, Exception reason) {
                assertThat(reason).isInstanceOf(ImageException.class).hasMessage(image + ": broken");
                skipped.add(FakeEngine.index(image));
            }
        };
        try (FeatureExtractor extractor = extractor(engine, batch, decoders, failing(broken))) {
            extractor.extract(FakeEngine.paths(count), OnError.SKIP, listener, (path, row) -> {
                assertThat(FakeEngine.index(row)).isEqualTo(FakeEngine.index(path));
                found.add(FakeEngine.index(row));
            });
        }
        List<Integer> whole = new ArrayList<>(upTo(count));
        whole.removeAll(broken);
        assertThat(found).isEqualTo(whole);
        assertThat(skipped).containsExactlyElementsOf(broken);
        assertThat(engine.batches.stream().mapToInt(size -> size).sum()).isEqualTo(2 * whole.size());
        assertThat(engine.batches).hasSizeLessThanOrEqualTo(2 * ((whole.size() + batch - 1) / batch));
        assertThat(engine.batches.subList(0, 2 * (whole.size() / batch))).allMatch(size -> size == batch);
        assertThat(progress).isSorted().doesNotHaveDuplicates();
        assertThat(progress.isEmpty() ? 0 : progress.get(progress.size() - 1)).isEqualTo(count);
    }

    @Test
    void anImageAndItsMirrorRunTogetherWhereTheBatchHasRoom() throws IOException {
        Map<Integer, List<Integer>> expected = Map.of(
                1, List.of(2),
                2, List.of(4),
                4, List.of(8),
                5, List.of(5, 5),
                8, List.of(8, 8),
                9, List.of(8, 8, 1, 1));
        for (int count : expected.keySet()) {
            FakeEngine engine = new FakeEngine();
            try (FeatureExtractor extractor = extractor(engine, 8, 2, failing(Set.of()))) {
                assertThat(indices(extractor, count, OnError.FAIL)).isEqualTo(upTo(count));
            }
            assertThat(engine.batches).isEqualTo(expected.get(count));
        }
    }

    @Test
    void theFirstBrokenImageIsNamedAlthoughAnotherFailedBefore() {
        CountDownLatch later = new CountDownLatch(1);
        ImageSource source = path -> {
            if (FakeEngine.index(path) == 5) {
                await(later);
                throw new IOException("Input/output error");
            }
            if (FakeEngine.index(path) == 7) {
                later.countDown();
                throw new ImageException("7.jpg: broken");
            }
            return IMAGES.read(path);
        };
        List<Integer> found = new ArrayList<>();
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 2, 2, source)) {
            assertThatThrownBy(() -> extractor.extract(
                            FakeEngine.paths(20),
                            OnError.FAIL,
                            ExtractionListener.NONE,
                            (path, row) -> found.add(FakeEngine.index(row))))
                    .isInstanceOf(IOException.class)
                    .hasMessage("5.jpg: java.io.IOException: Input/output error");
        }
        assertThat(found).isEqualTo(upTo(4)); // the full batches before it
    }

    @Test
    void whatIsNotTheImagesFaultIsNotSkipped() throws IOException {
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 2, 3, failing(Set.of()))) {
            assertThat(indices(extractor, 30, OnError.SKIP)).isEqualTo(upTo(30));
        }
        ImageSource defect = path -> {
            if (FakeEngine.index(path) == 9) {
                throw new ArithmeticException("a defect");
            }
            return IMAGES.read(path);
        };
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 2, 3, defect)) {
            assertThatThrownBy(() -> indices(extractor, 30, OnError.SKIP))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("9.jpg: java.lang.ArithmeticException: a defect");
        }
        ImageSource deep = path -> {
            throw new StackOverflowError("test");
        };
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 2, 3, deep)) {
            assertThatThrownBy(() -> indices(extractor, 30, OnError.SKIP)).isInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void memoryForOneImageIsThatImagesMatter() throws IOException {
        ImageSource hungry = path -> {
            if (FakeEngine.index(path) == 9) {
                throw new OutOfMemoryError("test");
            }
            return IMAGES.read(path);
        };
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 2, 3, hungry)) {
            List<Integer> others = new ArrayList<>(upTo(30));
            others.remove(9);
            assertThat(indices(extractor, 30, OnError.SKIP)).isEqualTo(others);
            assertThatThrownBy(() -> indices(extractor, 30, OnError.FAIL))
                    .isInstanceOf(ImageException.class)
                    .hasMessage("9.jpg: out of memory: test");
        }
    }

    @Test
    void anEngineThatFailsEndsTheExtraction() {
        FakeEngine engine = new FakeEngine(run -> {
            if (run == 4) {
                throw new IllegalStateException("the engine is closed");
            }
        });
        List<Integer> found = new ArrayList<>();
        try (FeatureExtractor extractor = extractor(engine, 2, 2, IMAGES)) {
            assertThatThrownBy(() -> extractor.extract(
                            FakeEngine.paths(1000),
                            OnError.FAIL,
                            ExtractionListener.NONE,
                            (path, row) -> found.add(FakeEngine.index(row))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the engine is closed");
        }
        assertThat(found).isEqualTo(upTo(4)); // of the two batches before
    }

    @Test
    void aSinkOrListenerThatThrowsEndsTheExtraction() throws IOException {
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 2, 2, failing(Set.of(3)))) {
            assertThatThrownBy(() -> extractor.extract(
                            FakeEngine.paths(1000), OnError.SKIP, ExtractionListener.NONE, (path, row) -> {
                                throw new IOException("disk full");
                            }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("disk full");
            assertThatThrownBy(() -> extractor.extract(
                            FakeEngine.paths(1000),
                            OnError.SKIP,
                            (done, total) -> {
                                throw new IllegalStateException("no terminal");
                            },
                            (path, row) -> {}))
                    .hasMessage("no terminal");
            ExtractionListener refusing = new ExtractionListener() {
                @Override
                public void progress(int done, int total) {}

                @Override
                public void skipped(Path image, Exception reason) {
                    throw new IllegalStateException("not to be skipped", reason);
                }
            };
            assertThatThrownBy(
                            () -> extractor.extract(FakeEngine.paths(1000), OnError.SKIP, refusing, (path, row) -> {}))
                    .hasMessage("not to be skipped");
            assertThat(indices(extractor, 3, OnError.SKIP)).isEqualTo(upTo(3));
        }
    }

    @RepeatedTest(20) // notified and interrupted at once, in either order
    void anInterruptEndsTheExtractionOfOneWhoWaits() throws Exception {
        CountDownLatch computing = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        FakeEngine engine = new FakeEngine(run -> {
            computing.countDown();
            await(interrupted);
        });
        try (FeatureExtractor extractor = extractor(engine, 2, 2, IMAGES)) {
            FutureTask<Boolean> flag = new FutureTask<>(() -> {
                assertThatThrownBy(() -> extractor.extract(FakeEngine.paths(1000)))
                        .isInstanceOf(InterruptedIOException.class)
                        .hasMessage("interrupted after 0 of 1000 images");
                return Thread.currentThread().isInterrupted();
            });
            Thread caller = new Thread(flag, "caller");
            caller.start();
            await(computing);
            caller.interrupt();
            interrupted.countDown();
            assertThat(flag.get()).isTrue();
        }
    }

    @Test
    void anInterruptEndsTheExtractionOfOneWhoIsBusy() {
        List<Path> found = new ArrayList<>();
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 2, 2, IMAGES)) {
            assertThatThrownBy(() -> extractor.extract(
                            FakeEngine.paths(1000), OnError.FAIL, ExtractionListener.NONE, (path, row) -> {
                                found.add(path);
                                Thread.currentThread().interrupt();
                            }))
                    .isInstanceOf(InterruptedIOException.class)
                    .hasMessage("interrupted after 2 of 1000 images");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(found).hasSize(2);
    }

    @Test
    void callsOfSeveralThreadsShareTheDecoders() throws Exception {
        int decoders = 3;
        AtomicInteger reading = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch together = new CountDownLatch(decoders);
        ImageSource source = path -> {
            most.accumulateAndGet(reading.incrementAndGet(), Math::max);
            together.countDown();
            await(together); // all decoders get to work at once
            try {
                return IMAGES.read(path);
            } finally {
                reading.decrementAndGet();
            }
        };
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 4, decoders, source)) {
            List<Future<List<Integer>>> calls = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int count = 100 + i;
                calls.add(threads.submit(() -> indices(extractor, count, OnError.FAIL)));
            }
            for (int i = 0; i < 12; i++) {
                assertThat(calls.get(i).get()).isEqualTo(upTo(100 + i));
            }
        } finally {
            threads.shutdown();
        }
        assertThat(most).hasValue(decoders);
    }

    @Test
    void aSinkMayExtractItself() throws IOException {
        try (FeatureExtractor extractor = extractor(new FakeEngine(), 2, 1, IMAGES)) {
            List<Integer> found = new ArrayList<>();
            extractor.extract(FakeEngine.paths(30), OnError.FAIL, ExtractionListener.NONE, (path, row) -> {
                found.add(FakeEngine.index(extractor.extract(FakeEngine.image(500 + found.size()))));
                assertThat(indices(extractor, 5, OnError.FAIL)).isEqualTo(upTo(5));
            });
            assertThat(found).first().isEqualTo(500);
            assertThat(found).last().isEqualTo(529);
        }
    }

    private static FeatureExtractor extractor(FakeEngine engine, int batch, int decoders, ImageSource source) {
        return new FeatureExtractor(engine, true, batch, Resampling.BILINEAR, decoders, source);
    }

    private static ImageSource failing(Set<Integer> broken) {
        return path -> {
            if (broken.contains(FakeEngine.index(path))) {
                throw new ImageException("broken");
            }
            RgbImage image = IMAGES.read(path);
            if (FakeEngine.index(path) % 3 == 0) {
                LockSupport.parkNanos(10_000); // another order of the threads
            }
            return image;
        };
    }

    /** What the features of so many images say the images were, in the order in which they came. */
    private static List<Integer> indices(FeatureExtractor extractor, int count, OnError onError) throws IOException {
        List<Integer> found = Collections.synchronizedList(new ArrayList<>());
        extractor.extract(FakeEngine.paths(count), onError, ExtractionListener.NONE, (path, row) -> {
            found.add(FakeEngine.index(row));
        });
        return found;
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static void await(CountDownLatch latch) {
        assertThat(Uninterruptibles.awaitUninterruptibly(latch, 30, TimeUnit.SECONDS))
                .as("what was waited for did not happen")
                .isTrue();
    }
}
