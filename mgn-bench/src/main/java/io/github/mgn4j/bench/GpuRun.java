package io.github.mgn4j.bench;

import java.util.OptionalDouble;

/** A batch that can be run repeatedly on a device. Failures are {@link io.github.mgn4j.engine.EngineException}s. */
interface GpuRun extends AutoCloseable {
    /** Computes the features of the images, and waits for them. */
    void once();

    /**
     * Returns the largest difference from the expected features, in units of the largest of them; empty if they are
     * unknown.
     */
    OptionalDouble distance();

    /** Returns the runtime and its version. */
    String runtime();

    @Override
    void close();
}
