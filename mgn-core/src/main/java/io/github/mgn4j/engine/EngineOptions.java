package io.github.mgn4j.engine;

/**
 * How an engine is to run.
 *
 * @param precision number format of the arithmetic
 * @param maxBatch the largest batch it will be given; buffers may be planned for it
 * @param device which of several accelerators computes, from 0; engines for CPUs ignore it
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

    /** Options for the first device, without measuring. */
    public EngineOptions(Precision precision, int maxBatch) {
        this(precision, maxBatch, 0, false);
    }

    /** The same with another device. */
    public EngineOptions withDevice(int index) {
        return new EngineOptions(precision, maxBatch, index, tune);
    }

    /** The same with or without measuring. */
    public EngineOptions withTune(boolean on) {
        return new EngineOptions(precision, maxBatch, device, on);
    }
}
