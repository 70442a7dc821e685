package io.github.mgn4j.extract;

import io.github.mgn4j.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;

/** Reads image files. Several threads call it at the same time. */
@FunctionalInterface
interface ImageSource {
    RgbImage read(Path image) throws IOException;
}
