package io.github.mgn4j.engine;

/**
 * Options of an engine.
 *
 * @param precision number format of the arithmetic
 * @param maxBatch the largest batch that the engine will receive; buffers may be planned for it
 * @param device index of the accelerator, from 0; CPU engines ignore it
 * @param tune whether the engine measures its choices of kernels before it first runs a batch size, and keeps them for
 *     later; engines without such choices ignore it
 */
public record EngineOptions(Precision precision, int maxBatch, int device, boolean tune) {
    public EngineOptions {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, not " + maxBatch);
        }
        if (device < 0) {
            throw new IllegalArgumentException("device must be at least 0, not " + device);
        }
    }

    /** Creates options for the first device, without tuning. */
    public EngineOptions(Precision precision, int maxBatch) {
        this(precision, maxBatch, 0, false);
    }

    /** Returns these options with another device. */
    public EngineOptions withDevice(int index) {
        return new EngineOptions(precision, maxBatch, index, tune);
    }

    /** Returns these options with tuning on or off. */
    public EngineOptions withTune(boolean on) {
        return new EngineOptions(precision, maxBatch, device, on);
    }
}
