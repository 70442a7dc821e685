package io.github.mgn4j.extract;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A batch of normalised images and their mirrors; averages the features of both. */
final class FloatBatch implements BatchBuffer {
    private final Engine engine;
    private final Preprocessor preprocessor;
    private final int capacity;
    private final List<View> views = new ArrayList<>();

    /** The images followed by their mirrors, if the engine takes both at once; else null. */
    private final @Nullable View together;

    private record View(FloatBuffer images, FloatBuffer features) {}

    /**
     * Creates an empty batch.
     *
     * @param maxTogether the most images that the engine and a buffer take at once
     */
    FloatBatch(Engine engine, Preprocessor preprocessor, boolean flip, int capacity, int maxTogether) {
        this.engine = engine;
        this.preprocessor = preprocessor;
        this.capacity = capacity;
        int images = Math.multiplyExact(capacity, preprocessor.length());
        int features = Math.multiplyExact(capacity, engine.dims());
        if (flip && 2L * capacity <= maxTogether) {
            together = new View(Buffers.allocate(2L * images), Buffers.allocate(2L * features));
            for (int view = 0; view < 2; view++) {
                views.add(new View(
                        together.images.slice(view * images, images),
                        together.features.slice(view * features, features)));
            }
        } else {
            together = null;
            for (int view = 0; view < (flip ? 2 : 1); view++) {
                views.add(new View(Buffers.allocate(images), Buffers.allocate(features)));
            }
        }
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
        for (int view = 0; view < views.size(); view++) {
            FloatBuffer images = views.get(view).images();
            preprocessor.write(image, view == 1, engine.inputLayout(), images, place * preprocessor.length());
        }
    }

    @Override
    public void run(int size) {
        if (together != null && size == capacity) {
            engine.run(together.images(), 2 * size, together.features());
            return;
        }
        for (View view : views) {
            engine.run(view.images(), size, view.features());
        }
    }

    @Override
    public void features(int place, float[] target, int offset) {
        int dims = dims();
        for (int j = 0; j < dims; j++) {
            float sum = 0;
            for (View view : views) {
                sum += view.features().get(place * dims + j) / views.size();
            }
            BatchBuffer.checkFinite(engine, sum, j);
            target[offset + j] = sum;
        }
        UnitParts.apply(engine, target, offset);
    }
}
