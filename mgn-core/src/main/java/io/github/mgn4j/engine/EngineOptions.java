package io.github.mgn4j.engine;

/**
 * How an engine is to run.
 *
 * @param precision number format of the arithmetic
 * @param maxBatch the largest batch it will be given; buffers may be planned for it
 */
public record EngineOptions(Precision precision, int maxBatch) {
    public EngineOptions {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, not " + maxBatch);
        }
    }
}
