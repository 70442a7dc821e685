package io.github.mgn4j.cli;

import io.github.mgn4j.io.AtomicFile;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Presets;
import io.github.mgn4j.weights.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description = "Show a model's network: parameters, multiply-accumulates per image, feature layout.")
final class InfoCommand implements Callable<Integer> {
    /** Identities in the training set of Market-1501. */
    private static final int CLASSES = 751;

    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", description = "Model file, or the name of a preset (mgn, resnet50, ...).")
    private String model = "";

    @Option(names = "--json", paramLabel = "FILE", description = "Write it as JSON to a file, - for standard output.")
    private @Nullable String json;

    @Mixin
    private OutputOptions output = new OutputOptions();

    InfoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        MgnSpec spec = spec();
        if (json == null) {
            terminal.println(SpecText.text(spec));
        } else if (json.equals("-")) {
            terminal.println(Json.text(SpecText.json(spec)).strip());
        } else {
            output.check(Path.of(json));
            AtomicFile.writeString(Path.of(json), Json.text(SpecText.json(spec)));
            terminal.println(SpecText.text(spec));
        }
        return 0;
    }

    private MgnSpec spec() throws IOException {
        Path file = Path.of(model);
        if (!Files.exists(file) && Presets.all().containsKey(model)) {
            return Presets.named(model, CLASSES);
        }
        return ModelFile.load(file).spec();
    }
}
