package io.github.mgn4j.train;

import io.github.mgn4j.data.Batch;
import io.github.mgn4j.image.Layout;
import java.io.IOException;

/** Supplies a trainer's batches. For one consumer; the owner closes it. */
public interface BatchSource extends AutoCloseable {
    /** Returns the number of images per batch, which is constant. */
    int batchSize();

    /** Returns the number of identities. Labels are in 0..classes-1. */
    int classes();

    int iterationsPerEpoch();

    /** Returns the order of the axes of the images. */
    Layout layout();

    /**
     * Positions the source so that {@link #next} returns the batch of a step. A resumed training starts in the middle.
     *
     * @param iteration step, counted from 0 over all epochs
     */
    void seek(long iteration);

    /** Returns a one-line description of the data. A training is resumed only with data of the same fingerprint. */
    String fingerprint();

    /**
     * Returns the batch of the next step. The previous batch must not be used afterwards.
     *
     * @throws IOException if an image cannot be read; the message names its file
     */
    Batch next() throws IOException;

    @Override
    void close();
}
