package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Presets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
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

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Mixin
    private JsonOption json;

    @Mixin
    private OutputOptions output;

    InfoCommand(Terminal terminal) {
        output = new OutputOptions(terminal);
        json = new JsonOption(terminal);
    }

    /** Either a file or a preset. */
    static final class Source {
        @Parameters(paramLabel = "MODEL", description = "Model file.")
        private @Nullable Path model;

        @Option(
                names = "--preset",
                paramLabel = "NAME",
                description =
                        "A network without weights, of 751 classes: mgn, resnet50, resnet101, global, part-2 or part-3.")
        private @Nullable String preset;

        MgnSpec spec() throws IOException {
            return preset == null
                    ? ModelFile.load(Objects.requireNonNull(model)).spec()
                    : Presets.named(preset, CLASSES);
        }
    }

    @Override
    public Integer call() throws IOException {
        json.check(output);
        MgnSpec spec = source.spec();
        json.write(Json.text(SpecText.json(spec)), SpecText.text(spec));
        return 0;
    }
}
