package io.github.mgn4j.engine;

import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;

/**
 * Runs the feature network of one model. An engine may be called from several threads; calls may wait for each other.
 */
public interface Engine extends AutoCloseable {
    /** The name that {@code --engine} knows it by. */
    String name();

    MgnSpec spec();

    /** The arithmetic it really uses: float32 where the processor gains nothing from the one that was asked for. */
    default Precision precision() {
        return Precision.FP32;
    }

    /** The layout in which {@link #run} wants its images. */
    Layout inputLayout();

    /**
     * Computes the features of a batch.
     *
     * @param images {@code batch} normalised RGB images in {@link #inputLayout()}, read from position 0
     * @param batch number of images, at least 1
     * @param features receives {@code [batch, dims]} from position 0, in the order of {@link MgnSpec#features()}
     */
    void run(FloatBuffer images, int batch, FloatBuffer features);

    /** Returns how many calls of {@code run} gain from being made at the same time: while one computes, others move data. */
    default int concurrency() {
        return 1;
    }

    /**
     * Refuses further calls of {@link #run} with an {@link IllegalStateException}, waits for those that have begun, and frees
     * the native memory. May be called by any thread, and again.
     */
    @Override
    void close();
}
