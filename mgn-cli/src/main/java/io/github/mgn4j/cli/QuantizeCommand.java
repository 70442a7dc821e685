package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "quantize",
        mixinStandardHelpOptions = true,
        description = "Find a model's activation ranges on images, for extraction and export with --precision int8.")
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
    private OutputOptions output;

    QuantizeCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 1) {
            throw new IllegalArgumentException("--limit must be at least 1, not " + limit);
        }
        output.check(out);
        List<Path> files = CalibrationImages.in(images, limit);
        ModelFile.save(out, CalibrationImages.calibrate(ModelFile.load(model), files, terminal));
        terminal.say(
                "%s: ranges of %d images -> %s; in int8, the reductions stay fp32, since their outputs are the features"
                        .formatted(model, files.size(), out));
        return 0;
    }
}
