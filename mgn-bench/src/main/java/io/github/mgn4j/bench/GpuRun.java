package io.github.mgn4j.bench;

import ai.onnxruntime.OrtException;
import java.util.OptionalDouble;

/** A batch that can be run again and again on a device. */
interface GpuRun extends AutoCloseable {
    /** Images to features, all of it done when this returns. */
    void once() throws OrtException;

    /** The largest difference from the features that there should be, in units of the largest of them; empty if those are not known. */
    OptionalDouble distance() throws OrtException;

    /** What computes, and its version. */
    String runtime();

    @Override
    void close() throws OrtException;
}
