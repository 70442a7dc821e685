package io.github.mgn4j.bench;

import ai.onnxruntime.OrtException;
import java.util.OptionalDouble;

/** A batch that can be run repeatedly on a device. */
interface GpuRun extends AutoCloseable {
    /** Computes the features of the images, and waits for them. */
    void once() throws OrtException;

    /**
     * Returns the largest difference from the expected features, in units of the largest of them; empty if they are
     * unknown.
     */
    OptionalDouble distance() throws OrtException;

    /** Returns the runtime and its version. */
    String runtime();

    @Override
    void close() throws OrtException;
}
