package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory of one batch: its prepared images, their mirrors, and the features of both. Direct, because engines read that
 * where it is. Threads may prepare different places side by side; everything else is for one thread at a time.
 */
final class BatchBuffer {
    private final Engine engine;
    private final Preprocessor preprocessor;
    private final int capacity;
    private final List<View> views = new ArrayList<>();

    /** The images and their mirrors behind them, where the engine takes both at once; else null. */
    private final @Nullable View together;

    private record View(FloatBuffer images, FloatBuffer features) {}

    /**
     * An empty one.
     *
     * @param engineBatch most images that the engine takes at once
     * @throws IllegalArgumentException if it would be too large
     */
    BatchBuffer(Engine engine, Preprocessor preprocessor, boolean flip, int capacity, int engineBatch) {
        this.engine = engine;
        this.preprocessor = preprocessor;
        this.capacity = capacity;
        int most = mostImages(engine.spec());
        Preconditions.checkArgument(
                capacity <= most, "batch is %s, must be at most %s for this network", capacity, most);
        int images = Math.multiplyExact(capacity, preprocessor.length());
        int features = Math.multiplyExact(capacity, engine.spec().dims());
        if (flip && 2L * capacity <= Math.min(engineBatch, most)) {
            together = new View(Engines.buffer(2L * images), Engines.buffer(2L * features));
            for (int view = 0; view < 2; view++) {
                views.add(new View(
                        together.images.slice(view * images, images),
                        together.features.slice(view * features, features)));
            }
        } else {
            together = null;
            for (int view = 0; view < (flip ? 2 : 1); view++) {
                views.add(new View(Engines.buffer(images), Engines.buffer(features)));
            }
        }
    }

    /** Images that a buffer can hold: each of its parts is smaller than 2 GiB. */
    static int mostImages(MgnSpec spec) {
        InputSize input = spec.input();
        int perImage = Math.max(RgbImage.CHANNELS * input.height() * input.width(), spec.dims());
        return Integer.MAX_VALUE / Float.BYTES / perImage;
    }

    /** Images that there is room for. */
    int capacity() {
        return capacity;
    }

    /** Values of a feature. */
    int dims() {
        return engine.spec().dims();
    }

    /** Normalises an image of the network's input size and its mirror into a place, from 0 on. */
    void prepare(int place, RgbImage image) {
        for (int view = 0; view < views.size(); view++) {
            FloatBuffer images = views.get(view).images();
            preprocessor.write(image, view == 1, engine.inputLayout(), images, place * preprocessor.length());
        }
    }

    /** Computes the features of the images in the first {@code size} places. */
    void run(int size) {
        if (together != null && size == capacity) {
            engine.run(together.images(), 2 * size, together.features());
            return;
        }
        for (View view : views) {
            engine.run(view.images(), size, view.features());
        }
    }

    /**
     * Copies the features {@code [dims]} of the image in a place: the mean over its views.
     *
     * @throws EngineException if one is NaN or infinite
     */
    void features(int place, float[] target, int offset) {
        int dims = dims();
        for (int j = 0; j < dims; j++) {
            float sum = 0;
            for (View view : views) {
                sum += view.features().get(place * dims + j) / views.size();
            }
            if (!Float.isFinite(sum)) {
                throw new EngineException(
                        "the engine %s gives %s as value %s of a feature: the weights are too large for its arithmetic (%s)"
                                .formatted(engine.name(), sum, j, engine.precision()));
            }
            target[offset + j] = sum;
        }
    }
}
