package io.github.mgn4j.extract;

import java.nio.file.Path;

/** Is told how a long extraction goes; called on the thread that asked for it. */
public interface ExtractionListener {
    /** Does nothing. */
    ExtractionListener NONE = (done, total) -> {};

    /** So many images are behind us, skipped ones included. */
    void progress(int done, int total);

    /** An image could not be read and is left out. */
    default void skipped(Path image, Exception reason) {}
}
