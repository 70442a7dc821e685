package io.github.mgn4j.engine;

import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;

/**
 * Runs one feature network, usually that of a model. An engine may be called from several threads; calls may wait for each other.
 */
public interface Engine extends AutoCloseable {
    /** Returns the engine's name, as {@code --engine} takes it. */
    String name();

    /**
     * Returns the spec of the network that the engine runs.
     *
     * @throws UnsupportedOperationException if the network is another library's and has no spec; {@link #inputSize()} and
     *     {@link #dims()} say what extraction needs to know
     */
    MgnSpec spec();

    /** Returns whether the network has a spec; one of another library has none. */
    default boolean hasSpec() {
        return true;
    }

    /** Returns the size of the images that the network takes. */
    default InputSize inputSize() {
        return spec().input();
    }

    /** Returns the length of a feature. */
    default int dims() {
        return spec().featureLength();
    }

    /**
     * Returns the number format that the engine computes in. It differs from the requested one where the processor gains
     * nothing from that; the engine then computes in float32.
     */
    default Precision precision() {
        return Precision.FP32;
    }

    /** Returns the layout that {@link #run} expects of its images. */
    Layout inputLayout();

    /**
     * Computes the features of a batch.
     *
     * @param images {@code batch} normalised RGB images in {@link #inputLayout()}, read from position 0
     * @param batch number of images, at least 1
     * @param features receives {@code [batch, dims]} from position 0, in the order of {@link MgnSpec#features()}
     * @throws IllegalArgumentException if a buffer is too small for the batch
     * @throws IllegalStateException if the engine is closed
     */
    void run(FloatBuffer images, int batch, FloatBuffer features);

    /**
     * Returns the number of concurrent calls of {@code run} that the engine benefits from: while one call computes, others
     * move data.
     */
    default int concurrency() {
        return 1;
    }

    /**
     * Closes the engine and frees its native memory. Waits for calls of {@link #run} that have started; later calls throw an
     * {@link IllegalStateException}. Any thread may call this method, and more than once.
     */
    @Override
    void close();
}
