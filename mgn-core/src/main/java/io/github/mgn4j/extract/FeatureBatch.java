package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Collects prepared images and their mirrors until they are run together. Used by one thread. */
final class FeatureBatch {
    private final Engine engine;
    private final Preprocessor preprocessor;
    private final int capacity;
    private final List<FloatBuffer> views = new ArrayList<>();
    private final FloatBuffer features;
    private int size;

    FeatureBatch(Engine engine, Preprocessor preprocessor, boolean flip, int capacity) {
        this.engine = engine;
        this.preprocessor = preprocessor;
        this.capacity = capacity;
        int most = Integer.MAX_VALUE
                / Float.BYTES
                / Math.max(preprocessor.length(), engine.spec().dims());
        Preconditions.checkArgument(
                capacity <= most, "batch is %s, must be at most %s for this network", capacity, most);
        for (int view = 0; view < (flip ? 2 : 1); view++) {
            views.add(direct(Math.multiplyExact(capacity, preprocessor.length())));
        }
        features = direct(Math.multiplyExact(capacity, engine.spec().dims()));
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(length, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    boolean isFull() {
        return size == capacity;
    }

    /** Adds an image of the network's input size. */
    void add(RgbImage image) {
        for (int view = 0; view < views.size(); view++) {
            preprocessor.write(image, view == 1, engine.inputLayout(), views.get(view), size * preprocessor.length());
        }
        size++;
    }

    /** Features of the images since the last run, each the mean over its views; empty if there were none. */
    List<float[]> run() {
        List<float[]> rows = new ArrayList<>();
        if (size == 0) {
            return rows;
        }
        int dims = engine.spec().dims();
        for (int i = 0; i < size; i++) {
            rows.add(new float[dims]);
        }
        for (FloatBuffer view : views) {
            engine.run(view, size, features);
            for (int i = 0; i < size; i++) {
                float[] row = rows.get(i);
                for (int j = 0; j < dims; j++) {
                    row[j] += features.get(i * dims + j) / views.size();
                }
            }
        }
        size = 0;
        return rows;
    }
}
