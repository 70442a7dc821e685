package io.github.mgn4j.extract;

import java.io.IOException;
import java.nio.file.Path;

/** Takes features as they are made, in the order of the images. */
@FunctionalInterface
public interface FeatureSink {
    /**
     * Takes one image's features.
     *
     * @param features {@code [dims]}; the array is the receiver's to keep
     */
    void accept(Path image, float[] features) throws IOException;
}
