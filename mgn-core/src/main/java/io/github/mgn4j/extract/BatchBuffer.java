package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.PixelEngine;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.RgbImage;

/**
 * The memory of one batch: the images in the form that the engine takes, and their features. The buffers are direct, so
 * that engines read them without copying. Threads may prepare different slots concurrently; all other methods need
 * external synchronisation.
 */
interface BatchBuffer {
    /**
     * Creates an empty buffer.
     *
     * @param capacity number of image slots
     * @param engineBatch the largest batch that the engine takes
     * @throws IllegalArgumentException if the buffer would exceed 2 GiB
     */
    static BatchBuffer of(Engine engine, Preprocessor preprocessor, boolean flip, int capacity, int engineBatch) {
        int max = Engines.largestBatch(engine);
        Preconditions.checkArgument(capacity <= max, "batch is %s, must be at most %s for this network", capacity, max);
        return engine instanceof PixelEngine ofPixels
                ? new PixelBatch(ofPixels, preprocessor, flip, capacity)
                : new FloatBatch(engine, preprocessor, flip, capacity, Math.min(engineBatch, max));
    }

    /** Returns the number of image slots. */
    int capacity();

    /** Returns the length of a feature. */
    int dims();

    /** Writes an image of the network's input size into a slot, counted from 0. */
    void prepare(int place, RgbImage image);

    /** Computes the features of the images in the first {@code size} slots. */
    void run(int size);

    /**
     * Copies the features {@code [dims]} of the image in a slot. With flip averaging they are the mean of those of the image
     * and its mirror.
     *
     * @throws EngineException if a value is NaN or infinite
     */
    void features(int place, float[] target, int offset);

    /** Rejects a feature value that is NaN or infinite. */
    static void checkFinite(Engine engine, float value, int index) {
        if (!Float.isFinite(value)) {
            throw new EngineException(
                    "the engine %s gives %s as value %s of a feature: the weights are too large for its arithmetic (%s)"
                            .formatted(engine.name(), value, index, engine.precision()));
        }
    }
}
