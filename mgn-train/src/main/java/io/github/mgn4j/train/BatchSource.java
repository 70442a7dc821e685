package io.github.mgn4j.train;

import io.github.mgn4j.data.Batch;
import io.github.mgn4j.image.Layout;
import java.io.IOException;

/** Where a trainer's batches come from. For one consumer; the owner closes it. */
public interface BatchSource extends AutoCloseable {
    /** Images per batch, the same for all. */
    int batchSize();

    /** Number of identities; labels are below it. */
    int classes();

    int iterationsPerEpoch();

    /** Order of the axes of the images. */
    Layout layout();

    /**
     * Makes the batch of a step, counted from 0 over all epochs, the next one: a resumed training goes on in the middle.
     */
    void seek(long iteration);

    /** What the data are, in one line, so that a training is not resumed with others. */
    String fingerprint();

    /**
     * The batch of the next step; the one before must not be used any more.
     *
     * @throws IOException if an image cannot be read, naming its file
     */
    Batch next() throws IOException;

    @Override
    void close();
}
