package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.onednn.Calibration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        description = "Find a model's activation ranges on images, for extraction and export with --precision int8.")
class CalibrateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
    private Path model = Path.of("");

    @Option(
            names = "--images",
            required = true,
            paramLabel = "DIR",
            description = "Folder of images similar to those to extract features from.")
    private Path images = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "MODEL8", description = "Model file to write.")
    private Path out = Path.of("");

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "" + Calibration.ENOUGH_IMAGES,
            description = "Number of images at most, evenly spread over the folder (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Mixin
    private OutputOptions output;

    CalibrateCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        output.check(out);
        List<Path> files = Calibration.images(images, limit);
        ModelFile.save(out, calibrate(ModelFile.load(model), files, terminal));
        terminal.say(
                "%s: ranges of %d images -> %s; in int8, the reductions stay fp32, since their outputs are the features"
                        .formatted(model, files.size(), out));
        return 0;
    }

    /** Calibrates with a progress bar. */
    static Model calibrate(Model model, List<Path> images, Terminal terminal) throws IOException {
        try (Progress progress = terminal.progress("images")) {
            return Calibration.calibrate(model, images, progress::update);
        }
    }

    /** The command's earlier name, for scripts. */
    @Command(name = "quantize", hidden = true)
    static final class Quantize extends CalibrateCommand {
        Quantize(Terminal terminal) {
            super(terminal);
        }
    }
}
