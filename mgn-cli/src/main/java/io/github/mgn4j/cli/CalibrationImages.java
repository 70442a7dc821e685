package io.github.mgn4j.cli;

import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.ImageFiles;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.onednn.Calibration;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The images that a network is calibrated on: for {@code quantize} and for {@code export}, in the same way. */
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

    /** The model with the activation ranges of these images. */
    static Model calibrate(Model model, List<Path> images, Terminal terminal) throws IOException {
        try (Calibration calibration = new Calibration(model);
                Progress progress = terminal.progress("images")) {
            Preprocessor preprocessor = new Preprocessor(model.spec().input(), Resampling.BILINEAR);
            FloatBuffer input = Buffers.allocate(preprocessor.length());
            for (int i = 0; i < images.size(); i++) {
                preprocessor.write(ImageDecoder.decode(images.get(i)), false, calibration.inputLayout(), input, 0);
                calibration.add(input);
                progress.update(i + 1, images.size());
            }
            return calibration.calibrated();
        }
    }
}
