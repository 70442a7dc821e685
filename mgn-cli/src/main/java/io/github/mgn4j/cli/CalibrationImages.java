package io.github.mgn4j.cli;

import io.github.mgn4j.image.ImageFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The images that a network is calibrated on. */
final class CalibrationImages {
    /** How many are enough. */
    static final int ENOUGH = 256;

    private CalibrationImages() {}

    /** The images of a folder, or as many of them as the limit allows, evenly spread. */
    static List<Path> in(Path folder, int limit) throws IOException {
        List<Path> images = ImageFiles.list(folder);
        int count = Math.min(limit, images.size());
        return IntStream.range(0, count)
                .mapToObj(i -> images.get((int) ((long) i * images.size() / count)))
                .toList();
    }
}
