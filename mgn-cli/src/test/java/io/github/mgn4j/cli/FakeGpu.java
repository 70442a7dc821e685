package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.EngineProvider;
import io.github.mgn4j.engine.PixelEngine;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Two accelerators that take pixels and give some of them back; there while a test plugs them in. */
public final class FakeGpu implements EngineProvider {
    static final String NAME = "fake-gpu";

    /** What the engines were opened with, since they were plugged in. */
    static final List<EngineOptions> OPENED = new CopyOnWriteArrayList<>();

    private static volatile boolean plugged;

    static void plug(boolean in) {
        plugged = in;
        OPENED.clear();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return Integer.MIN_VALUE;
    }

    @Override
    public boolean available() {
        return plugged;
    }

    @Override
    public Set<Precision> precisions() {
        return EnumSet.of(Precision.FP32, Precision.TF32, Precision.FP8);
    }

    @Override
    public int devices() {
        return 2;
    }

    @Override
    public Engine open(Model model, EngineOptions options) {
        if (!plugged) {
            throw new EngineException("there is no such card");
        }
        if (options.precision() == Precision.TF32) {
            throw new EngineException("this card has no tf32");
        }
        OPENED.add(options);
        return new Card(model.spec());
    }

    private record Card(MgnSpec spec) implements PixelEngine {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Layout inputLayout() {
            return Layout.NHWC;
        }

        @Override
        public int concurrency() {
            return 2;
        }

        @Override
        public void run(FloatBuffer images, int batch, FloatBuffer features) {
            throw new AssertionError("it takes pixels");
        }

        @Override
        public void run(ByteBuffer pixels, int batch, boolean flip, FloatBuffer features) {
            int length = 3 * spec.input().height() * spec.input().width();
            assertThat(pixels.capacity()).isGreaterThanOrEqualTo(batch * length);
            int step = length / spec.featureLength();
            for (int i = 0; i < batch; i++) {
                for (int j = 0; j < spec.featureLength(); j++) {
                    features.put(i * spec.featureLength() + j, pixels.get(i * length + j * step) & 0xff);
                }
            }
        }

        @Override
        public void close() {}
    }
}
