package io.github.mgn4j.extract;

import io.github.mgn4j.image.ProgressListener;
import java.nio.file.Path;

/** Receives the progress of an extraction and the images that it leaves out, on the thread that called for it. */
@FunctionalInterface
public interface ExtractionListener extends ProgressListener {
    /** Ignores all. */
    ExtractionListener NONE = (done, total) -> {};

    /** Called for each image that cannot be read and is left out. */
    default void skipped(Path image, Exception reason) {}
}
