package io.github.mgn4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several devices behind one engine. */
@Timeout(30)
class EngineGroupTest {
    private static final Model MODEL = ReferenceWeights.model(StillEngine.SPEC);
    private static final EngineOptions OPTIONS = new EngineOptions(Precision.TF32, 4).withTune(true);

    private final List<StillEngine> opened = new ArrayList<>();

    @Test
    void aCallGoesToTheMemberWithTheFewestUnderWay() throws Exception {
        Semaphore begun = new Semaphore(0);
        List<Semaphore> mayEnd = List.of(new Semaphore(0), new Semaphore(0), new Semaphore(0));
        Engine group = group(
                List.of(0, 1, 2),
                remembered(options -> new StillEngine("gpu", options, engine -> {
                    begun.release();
                    mayEnd.get(engine.options.device()).acquireUninterruptibly();
                })));
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                calls.add(threads.submit(() -> run(group)));
                begun.acquire();
            }
            assertThat(opened).extracting(engine -> engine.runs.get()).containsExactly(2, 2, 1);
            mayEnd.get(1).release(2);
            calls.get(1).get();
            calls.get(4).get();
            for (int i = 0; i < 2; i++) {
                calls.add(threads.submit(() -> run(group)));
                begun.acquire();
            }
            assertThat(opened)
                    .extracting(engine -> engine.runs.get())
                    .containsExactly(2, 4, 1); // 1 was free, then tied with 2
            mayEnd.forEach(end -> end.release(9));
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            mayEnd.forEach(end -> end.release(9));
            threads.shutdown();
        }
    }

    @Test
    void aCallThatFailsIsUnderWayNoLonger() {
        Engine group = group(
                List.of(0, 1),
                remembered(options -> new StillEngine("gpu", options, engine -> {
                    if (engine.runs.get() < 3) {
                        throw new IllegalStateException("device " + engine.options.device() + " lost");
                    }
                })));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> run(group)).hasMessage("device 0 lost");
        }
        run(group);
        assertThat(opened).extracting(engine -> engine.runs.get()).containsExactly(3, 0);
    }

    @Test
    void itIsLikeItsMembers() {
        Engine group = group(List.of(2, 0), remembered(options -> new StillEngine("gpu", options)));
        assertThat(opened)
                .extracting(engine -> engine.options)
                .containsExactly(OPTIONS.withDevice(2), OPTIONS.withDevice(0));
        assertThat(group.name()).isEqualTo("gpu");
        assertThat(group.spec()).isEqualTo(StillEngine.SPEC);
        assertThat(group.precision()).isEqualTo(Precision.TF32);
        assertThat(group.inputLayout()).isEqualTo(Layout.NHWC);
        assertThat(group.concurrency()).isEqualTo(4);
        assertThat(group).isNotInstanceOf(PixelEngine.class);
        group.close();
        assertThat(opened).allMatch(engine -> engine.closed);
    }

    @Test
    void itTakesPixelsWhereItsMembersDo() {
        Engine group = group(List.of(1, 0), remembered(options -> new StillEngine.OfPixels(options, engine -> {})));
        assertThat(group).isInstanceOfSatisfying(PixelEngine.class, ofPixels -> {
            ByteBuffer buffer = ofPixels.newPixelBuffer(7);
            assertThat(buffer.capacity()).isEqualTo(7);
            assertThat(buffer.get(0)).isEqualTo((byte) 2); // of device 1, the first
            ofPixels.run(buffer, 1, true, FloatBuffer.allocate(0));
        });
        assertThat(opened).extracting(engine -> engine.runs.get()).containsExactly(1, 0);
    }

    @Test
    void anOpeningThatFailsClosesThoseThatAreOpen() {
        assertThatThrownBy(() -> group(List.of(0, 1, 2), options -> {
                    if (options.device() == 2) {
                        throw new EngineException("no memory on device 2");
                    }
                    return remember(new StillEngine("gpu", options));
                }))
                .isInstanceOf(EngineException.class)
                .hasMessage("no memory on device 2");
        assertThat(opened).hasSize(2).allMatch(engine -> engine.closed);
    }

    @Test
    void devicesThatComputeOtherwiseAreNotMixed() {
        assertThatThrownBy(() -> group(
                        List.of(3, 1),
                        options -> remember(new StillEngine(
                                "gpu", options.device() == 1 ? new EngineOptions(Precision.FP32, 1) : options))))
                .isInstanceOf(EngineException.class)
                .hasMessage("the engine gpu computes in tf32 on device 3, but in fp32 on device 1");
        assertThat(opened).hasSize(2).allMatch(engine -> engine.closed);
    }

    @Test
    void allAreClosedThoughOneFailsToBe() {
        Engine group = group(List.of(0, 1, 2), remembered(options -> new StillEngine("gpu", options) {
            @Override
            public void close() {
                super.close();
                if (options.device() < 2) {
                    throw new IllegalStateException("device " + options.device() + " is lost");
                }
            }
        }));
        assertThatThrownBy(group::close)
                .hasMessage("device 0 is lost")
                .satisfies(e ->
                        assertThat(e.getSuppressed()).singleElement().asString().contains("device 1 is lost"));
        assertThat(opened).allMatch(engine -> engine.closed);
    }

    private Function<EngineOptions, Engine> remembered(Function<EngineOptions, StillEngine> opener) {
        return options -> remember(opener.apply(options));
    }

    private StillEngine remember(StillEngine engine) {
        opened.add(engine);
        return engine;
    }

    private static Engine group(List<Integer> devices, Function<EngineOptions, Engine> opener) {
        return EngineGroup.open(new FakeProvider("gpu", true, 4, opener), MODEL, OPTIONS, devices);
    }

    private static void run(Engine engine) {
        engine.run(FloatBuffer.allocate(0), 1, FloatBuffer.allocate(0));
    }
}
