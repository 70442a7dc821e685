package io.github.mgn4j.extract;

import java.io.IOException;
import java.nio.file.Path;

/** Receives features as they are computed, in the order of the images. */
@FunctionalInterface
public interface FeatureSink {
    /**
     * Receives the features of one image.
     *
     * @param features {@code [dims]}, a new array that the callee may keep
     * @throws IOException to end the extraction
     */
    void accept(Path image, float[] features) throws IOException;
}
