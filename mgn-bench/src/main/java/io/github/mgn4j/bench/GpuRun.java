package io.github.mgn4j.bench;

import ai.onnxruntime.OrtException;

/** A batch that can be run again and again on a device. */
interface GpuRun extends AutoCloseable {
    /** Images to features, all of it done when this returns. */
    void once() throws OrtException;

    /** The largest difference from the features that there should be, in units of the largest of them. */
    double distance() throws OrtException;

    @Override
    void close() throws OrtException;
}
