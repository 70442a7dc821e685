package io.github.mgn4j.cli;

import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.onednn.Calibration;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.ModelFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "quantize",
        mixinStandardHelpOptions = true,
        description = "Find a model's activation ranges on images, for extraction with --precision int8.")
final class QuantizeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
    private Path model = Path.of("");

    @Option(
            names = "--images",
            required = true,
            paramLabel = "DIR",
            description = "Folder of images like those that features will be extracted from.")
    private Path images = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "MODEL8", description = "Model file to write.")
    private Path out = Path.of("");

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "" + CalibrationImages.ENOUGH,
            description = "At most so many images, evenly spread over the folder (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Mixin
    private OutputOptions output = new OutputOptions();

    QuantizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 1) {
            throw new IllegalArgumentException("--limit must be at least 1, not " + limit);
        }
        output.check(out);
        List<Path> files = CalibrationImages.in(images, limit);
        Model loaded = ModelFile.load(model);
        try (Calibration calibration = new Calibration(loaded);
                Progress progress = terminal.progress("images")) {
            Preprocessor preprocessor = new Preprocessor(calibration.spec().input(), Resampling.BILINEAR);
            FloatBuffer input = ByteBuffer.allocateDirect(preprocessor.length() * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            for (int i = 0; i < files.size(); i++) {
                preprocessor.write(ImageDecoder.decode(files.get(i)), false, calibration.inputLayout(), input, 0);
                calibration.add(input);
                progress.update(i + 1, files.size());
            }
            ModelFile.save(out, calibration.calibrated());
        }
        terminal.say(
                "%s: ranges of %d images -> %s; in int8, the reductions stay fp32, since their outputs are the features"
                        .formatted(model, files.size(), out));
        return 0;
    }
}
