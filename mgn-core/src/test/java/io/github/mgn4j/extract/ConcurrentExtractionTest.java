package io.github.mgn4j.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.fixtures.FakePixelEngine;
import io.github.mgn4j.image.ImageException;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.image.Resampling;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine that has several batches under way. */
@Timeout(60)
class ConcurrentExtractionTest {
    private static final int BATCH = 2;

    /** Of batches by their first images, when the engine leaves them. */
    private final Map<Integer, CountDownLatch> left = new ConcurrentHashMap<>();

    private final List<Integer> found = new ArrayList<>();

    @AfterEach
    void noThreadsAreLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("mgn-"));
    }

    @RepeatedTest(10)
    void featuresComeInTheOrderOfTheImagesThoughBatchesEndInAnother() throws IOException {
        List<Integer> ended = new ArrayList<>();
        FakePixelEngine engine = new FakePixelEngine(3, first -> {
            if (first / BATCH % 3 < 2 && first + BATCH < 36) { // of three, the last one ends first
                await(left(first + BATCH));
            }
            synchronized (ended) {
                ended.add(first);
            }
            left(first).countDown();
        });
        try (FeatureExtractor extractor = extractor(engine, 2)) {
            extract(extractor, 36);
        }
        assertThat(found).isEqualTo(upTo(36));
        assertThat(ended).startsWith(4, 2, 0).hasSize(18);
        assertThat(engine.mostAtOnce).hasValue(3);
        assertThat(engine.buffers).hasSize(3 + FileExtraction.WAITING);
    }

    @Test
    void noMoreCallsAndBuffersThanThereIsWork() throws IOException {
        FakePixelEngine engine = new FakePixelEngine(8, first -> {});
        try (FeatureExtractor extractor = extractor(engine, 2)) {
            extract(extractor, 3);
        }
        assertThat(found).isEqualTo(upTo(3));
        assertThat(engine.buffers).hasSize(2);
    }

    @RepeatedTest(10)
    void whereOneOfTwoCallsFailsTheBatchBeforeItIsHandedOut() {
        FakePixelEngine engine = new FakePixelEngine(2, first -> {
            if (first == 2) { // still at it when the next one fails
                await(left(4));
                LockSupport.parkNanos(2_000_000);
            } else if (first == 4) {
                left(4).countDown();
                throw new IllegalStateException("device lost");
            }
        });
        try (FeatureExtractor extractor = extractor(engine, 2)) {
            assertThatThrownBy(() -> extract(extractor, 1000))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("device lost");
        }
        assertThat(found).isEqualTo(upTo(4));
    }

    @RepeatedTest(10)
    void theFailureOfTheEarliestBatchIsTheOneThatIsThrown() {
        FakePixelEngine engine = new FakePixelEngine(3, first -> {
            if (first == 2) {
                await(left(4));
                LockSupport.parkNanos(2_000_000);
                throw new IllegalStateException("device lost at 2");
            }
            if (first == 4) {
                await(left(6)); // a whole batch after both is not handed out
                left(4).countDown();
                throw new IllegalStateException("device lost at 4");
            }
            left(first).countDown();
        });
        try (FeatureExtractor extractor = extractor(engine, 2)) {
            assertThatThrownBy(() -> extract(extractor, 1000)).hasMessage("device lost at 2");
        }
        assertThat(found).isEqualTo(upTo(2));
    }

    @Test
    void aFailureOfTheEngineComesBeforeThatOfALaterImage() {
        FakePixelEngine engine = new FakePixelEngine(2, first -> {
            await(left(-1)); // until the image has failed
            LockSupport.parkNanos(5_000_000);
            throw new IllegalStateException("device lost");
        });
        ImageSource source = path -> {
            if (FakeEngine.index(path) == 5) {
                left(-1).countDown();
                throw new ImageException("broken");
            }
            return FakeEngine.image(FakeEngine.index(path));
        };
        try (FeatureExtractor extractor = new FeatureExtractor(engine, true, BATCH, Resampling.BILINEAR, 2, source)) {
            assertThatThrownBy(() -> extract(extractor, 100)).hasMessage("device lost");
        }
        assertThat(found).isEmpty();
    }

    @Test
    void aSinkThatThrowsWaitsForAllCalls() {
        CountDownLatch thrown = new CountDownLatch(1);
        FakePixelEngine engine = new FakePixelEngine(2, first -> {
            if (first > 0) {
                await(thrown);
                LockSupport.parkNanos(5_000_000);
            }
        });
        try (FeatureExtractor extractor = extractor(engine, 2)) {
            assertThatThrownBy(() -> extractor.extract(
                            FakeEngine.paths(100), OnError.FAIL, ExtractionListener.NONE, (path, row) -> {
                                thrown.countDown();
                                throw new IOException("disk full");
                            }))
                    .hasMessage("disk full");
        }
    }

    @RepeatedTest(10)
    void anInterruptEndsAnExtractionWithTwoCallsUnderWay() throws Exception {
        CountDownLatch computing = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(1);
        FakePixelEngine engine = new FakePixelEngine(2, first -> {
            computing.countDown();
            await(interrupted);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
        try (FeatureExtractor extractor = extractor(engine, 2)) {
            FutureTask<Boolean> flag = new FutureTask<>(() -> {
                assertThatThrownBy(() -> extract(extractor, 1000))
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
        assertThat(found).isEmpty();
    }

    @Test
    void callsWithImagesInMemoryRunSideBySide() throws Exception {
        CountDownLatch together = new CountDownLatch(4);
        FakePixelEngine engine = new FakePixelEngine(4, first -> {
            together.countDown();
            await(together);
        });
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (FeatureExtractor extractor = extractor(engine, 1)) {
            List<Future<float[]>> calls = IntStream.range(0, 4)
                    .mapToObj(i -> threads.submit(() -> extractor.extract(FakeEngine.image(300 + i))))
                    .toList();
            for (int i = 0; i < 4; i++) {
                assertThat(FakePixelEngine.index(calls.get(i).get())).isEqualTo(300 + i);
            }
        } finally {
            threads.shutdown();
        }
        assertThat(engine.mostAtOnce).hasValue(4);
    }

    @Test
    void anEngineThatTakesNoCallIsRefused() {
        assertThatThrownBy(() -> extractor(new FakePixelEngine(0, first -> {}), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("engine fake-pixels takes 0 calls at once, must be 1 or more");
    }

    private void extract(FeatureExtractor extractor, int count) throws IOException {
        extractor.extract(FakeEngine.paths(count), OnError.FAIL, ExtractionListener.NONE, (path, row) -> {
            assertThat(FakePixelEngine.index(row)).isEqualTo(FakeEngine.index(path));
            found.add(FakeEngine.index(path));
        });
    }

    private static FeatureExtractor extractor(FakePixelEngine engine, int decoders) {
        return new FeatureExtractor(
                engine, true, BATCH, Resampling.BILINEAR, decoders, path -> FakeEngine.image(FakeEngine.index(path)));
    }

    private CountDownLatch left(int first) {
        return left.computeIfAbsent(first, key -> new CountDownLatch(1));
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
