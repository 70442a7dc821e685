package io.github.mgn4j.image;

/**
 * Receives the progress of work on many images. Calls come from one thread at a time, in ascending order of {@code done}.
 */
@FunctionalInterface
public interface ProgressListener {

    /** Ignores all progress. */
    ProgressListener NONE = (done, total) -> {};

    /**
     * Called after each piece of work.
     *
     * @param done the number of images processed so far, including skipped ones
     * @param total the number of images to process
     */
    void progress(int done, int total);
}
