package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.PixelEngine;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;

/**
 * Memory of one batch: its images as the engine takes them, and their features. Direct, because engines read that where it
 * is. Threads may prepare different places side by side; everything else is for one thread at a time.
 */
interface BatchBuffer {
    /**
     * Returns an empty one.
     *
     * @param engineBatch most images that the engine takes at once
     * @throws IllegalArgumentException if it would be too large
     */
    static BatchBuffer of(Engine engine, Preprocessor preprocessor, boolean flip, int capacity, int engineBatch) {
        int most = Engines.largestBatch(engine);
        Preconditions.checkArgument(
                capacity <= most, "batch is %s, must be at most %s for this network", capacity, most);
        return engine instanceof PixelEngine ofPixels
                ? new PixelBatch(ofPixels, preprocessor, flip, capacity)
                : new FloatBatch(engine, preprocessor, flip, capacity, Math.min(engineBatch, most));
    }

    /** Images that there is room for. */
    int capacity();

    /** Values of a feature. */
    int dims();

    /** Writes an image of the network's input size into a place, from 0 on. */
    void prepare(int place, RgbImage image);

    /** Computes the features of the images in the first {@code size} places. */
    void run(int size);

    /**
     * Copies the features {@code [dims]} of the image in a place: the mean of its own and its mirror's, where those are wanted.
     *
     * @throws EngineException if one is NaN or infinite
     */
    void features(int place, float[] target, int offset);

    /** Refuses a value of a feature that is no number. */
    static void checkFinite(Engine engine, float value, int index) {
        if (!Float.isFinite(value)) {
            throw new EngineException(
                    "the engine %s gives %s as value %s of a feature: the weights are too large for its arithmetic (%s)"
                            .formatted(engine.name(), value, index, engine.precision()));
        }
    }
}
