package io.github.mgn4j.engine;

import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** An engine on a device, which computes nothing but lets a test know of its calls. */
class StillEngine implements Engine {
    static final MgnSpec SPEC = MgnSpec.builder()
            .backbone(18, 1.0 / 16)
            .input(96, 32)
            .embedding(2)
            .classes(2)
            .build();

    final EngineOptions options;
    final AtomicInteger runs = new AtomicInteger();
    boolean closed;

    private final String name;
    private final Consumer<StillEngine> onRun;

    StillEngine(String name, EngineOptions options) {
        this(name, options, engine -> {});
    }

    StillEngine(String name, EngineOptions options, Consumer<StillEngine> onRun) {
        this.name = name;
        this.options = options;
        this.onRun = onRun;
    }

    /** The same for pixels. */
    static final class OfPixels extends StillEngine implements PixelEngine {
        OfPixels(EngineOptions options, Consumer<StillEngine> onRun) {
            super("pixels", options, onRun);
        }

        @Override
        public void run(ByteBuffer pixels, int batch, boolean flip, FloatBuffer features) {
            run(FloatBuffer.allocate(0), batch, features);
        }

        @Override
        public ByteBuffer newPixelBuffer(int bytes) {
            return PixelEngine.super.newPixelBuffer(bytes).put(0, (byte) (1 + options.device()));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public MgnSpec spec() {
        return SPEC;
    }

    @Override
    public Precision precision() {
        return options.precision();
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
        runs.incrementAndGet();
        onRun.accept(this);
    }

    @Override
    public void close() {
        closed = true;
    }
}
