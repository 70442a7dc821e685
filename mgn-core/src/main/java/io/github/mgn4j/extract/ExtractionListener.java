package io.github.mgn4j.extract;

import io.github.mgn4j.image.ProgressListener;
import java.nio.file.Path;

/**
 * Receives the progress of an extraction and the images that it skips. Calls come from the thread that started the
 * extraction.
 */
@FunctionalInterface
public interface ExtractionListener extends ProgressListener {
    /** Ignores all calls. */
    ExtractionListener NONE = (done, total) -> {};

    /** Called for each image that cannot be read and is skipped. */
    default void skipped(Path image, Exception reason) {}
}
