package io.github.mgn4j.spark;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.fixtures.FakeEngine;
import io.github.mgn4j.model.Model;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** An engine that copies pixels, and counts how many of it are open. */
public final class CountingEngineProvider implements EngineProvider {
    static final String NAME = "counting";
    static final AtomicInteger OPENED = new AtomicInteger();
    static final AtomicInteger CLOSED = new AtomicInteger();
    static final AtomicInteger LARGEST = new AtomicInteger();
    static final AtomicReference<Runnable> ON_CLOSE = new AtomicReference<>(() -> {});

    static String numbers() {
        return "opened %d, closed %d".formatted(OPENED.get(), CLOSED.get());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return -100;
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public Set<Precision> precisions() {
        return Set.of(Precision.FP32);
    }

    @Override
    public Engine open(Model model, EngineOptions options) {
        OPENED.incrementAndGet();
        return new FakeEngine() {
            @Override
            public String name() {
                return NAME;
            }

            @Override
            public void run(java.nio.FloatBuffer images, int batch, java.nio.FloatBuffer features) {
                LARGEST.accumulateAndGet(batch, Math::max);
                super.run(images, batch, features);
            }

            @Override
            public void close() {
                CLOSED.incrementAndGet();
                ON_CLOSE.get().run();
            }
        };
    }
}
