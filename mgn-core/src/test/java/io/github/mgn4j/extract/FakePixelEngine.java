package io.github.mgn4j.extract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.engine.PixelEngine;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** An engine whose features are an image's first pixel, or the mean of that and the row's last with the mirror. */
final class FakePixelEngine implements PixelEngine {
    private static final MgnSpec SPEC = FakeEngine.SPEC;
    private static final int ROW = 3 * SPEC.input().width();

    /** The batch of every run so far. */
    final List<Integer> batches = new CopyOnWriteArrayList<>();
    /** The pixels of every image so far. */
    final List<byte[]> images = new CopyOnWriteArrayList<>();
    /** What it gave out. */
    final List<ByteBuffer> buffers = new CopyOnWriteArrayList<>();
    /** The most runs that there were at the same time. */
    final AtomicInteger mostAtOnce = new AtomicInteger();

    private final AtomicInteger running = new AtomicInteger();
    private final int concurrency;
    private final IntConsumer onRun;

    /** An engine that calls {@code onRun} with the index of a batch's first image before it returns its features. */
    FakePixelEngine(int concurrency, IntConsumer onRun) {
        this.concurrency = concurrency;
        this.onRun = onRun;
    }

    /** The index of the image of {@link FakeEngine#image} that has these features. */
    static int index(float[] features) {
        return (int) features[0] << 8 | (int) features[1];
    }

    @Override
    public String name() {
        return "fake-pixels";
    }

    @Override
    public MgnSpec spec() {
        return SPEC;
    }

    @Override
    public Layout inputLayout() {
        return Layout.NHWC;
    }

    @Override
    public int concurrency() {
        return concurrency;
    }

    @Override
    public ByteBuffer newPixelBuffer(int bytes) {
        ByteBuffer buffer = PixelEngine.super.newPixelBuffer(bytes);
        buffers.add(buffer);
        return buffer;
    }

    @Override
    public void run(FloatBuffer floats, int batch, FloatBuffer features) {
        throw new AssertionError("this engine takes pixels");
    }

    @Override
    public void run(ByteBuffer pixels, int batch, boolean flip, FloatBuffer features) {
        mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            assertThat(buffers).extracting(System::identityHashCode).contains(System.identityHashCode(pixels));
            batches.add(batch);
            for (int i = 0; i < batch; i++) {
                byte[] image = new byte[FakeEngine.LENGTH];
                pixels.get(i * FakeEngine.LENGTH, image);
                images.add(image);
                for (int j = 0; j < SPEC.dims(); j++) {
                    int first = image[j] & 0xff;
                    int last = image[ROW - 3 + j % 3] & 0xff;
                    features.put(i * SPEC.dims() + j, flip ? (first + last) / 2f : first);
                }
            }
            onRun.accept(index(new float[] {pixels.get(0) & 0xff, pixels.get(1) & 0xff}));
        } finally {
            running.decrementAndGet();
        }
    }

    @Override
    public void close() {}
}
