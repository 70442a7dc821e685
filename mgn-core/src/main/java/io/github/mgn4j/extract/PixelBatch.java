package io.github.mgn4j.extract;

import io.github.mgn4j.engine.PixelEngine;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** A batch of pixels {@code [capacity, H, W, 3]}, which the engine normalises and mirrors. */
final class PixelBatch implements BatchBuffer {
    private final PixelEngine engine;
    private final Preprocessor preprocessor;
    private final boolean flip;
    private final int capacity;
    private final ByteBuffer pixels;
    private final FloatBuffer features;

    PixelBatch(PixelEngine engine, Preprocessor preprocessor, boolean flip, int capacity) {
        this.engine = engine;
        this.preprocessor = preprocessor;
        this.flip = flip;
        this.capacity = capacity;
        pixels = engine.newPixelBuffer(Math.multiplyExact(capacity, preprocessor.length()));
        features = Buffers.allocate((long) capacity * dims());
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int dims() {
        return engine.dims();
    }

    @Override
    public void prepare(int place, RgbImage image) {
        preprocessor.writePixels(image, pixels, place * preprocessor.length());
    }

    @Override
    public void run(int size) {
        engine.run(pixels, size, flip, features);
    }

    @Override
    public void features(int place, float[] target, int offset) {
        int dims = dims();
        features.get(place * dims, target, offset, dims);
        for (int j = 0; j < dims; j++) {
            BatchBuffer.checkFinite(engine, target[offset + j], j);
        }
        UnitParts.apply(engine, target, offset);
    }
}
