package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ImportLayout;
import io.github.mgn4j.checkpoint.ImportOptions;
import io.github.mgn4j.checkpoint.ImportedModel;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.checkpoint.Rename;
import io.github.mgn4j.checkpoint.WeightImporter;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Provenance;
import io.github.mgn4j.spec.Pooling;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description =
                "Import PyTorch weights (.pth, .pt, .pth.tar of any version since 0.1.10, .safetensors) into a model file.")
final class ImportCommand implements Callable<Integer> {
    private static final String AUTO = "auto";

    private final Terminal terminal;
    private final Clock clock;

    @Option(names = "--from", required = true, paramLabel = "FILE", description = "Checkpoint to read.")
    private Path from = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "MODEL", description = "Model file to write.")
    private Path out = Path.of("");

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            defaultValue = AUTO,
            description = "Naming of the tensors: auto, mgn, mgn-pytorch, fastreid-mgn, reid-mgn, fastreid-bot,"
                    + " strong-baseline, layumi-pcb, layumi, torchreid-pcb, torchreid or torchvision"
                    + " (default: ${DEFAULT-VALUE}).")
    private String layout = AUTO;

    @Option(
            names = "--pool",
            paramLabel = "max|avg|gem",
            description = "Pooling of the network, where the weights do not determine it (default: the layout's usual"
                    + " one, which is max for the paper's network).")
    private @Nullable Pooling pool;

    @Option(
            names = "--classes",
            paramLabel = "N",
            description = "Number of identities, if the file does not determine it (default: 751).")
    private @Nullable Integer classes;

    @Option(
            names = "--input",
            paramLabel = "HxW",
            description = "Image size in pixels (default: the layout's usual one, which is 384x128 for the paper's"
                    + " network).")
    private @Nullable String input;

    @Option(
            names = "--rename",
            paramLabel = "OLD=NEW",
            description = "Rename tensors first: OLD is a regular expression, NEW may use its groups ($1). Can be"
                    + " repeated.")
    private List<String> renames = List.of();

    @Mixin
    private OutputOptions output;

    ImportCommand(Terminal terminal) {
        this(terminal, Clock.systemUTC());
    }

    ImportCommand(Terminal terminal, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
        output = new OutputOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        output.check(out);
        ImportOptions options = ImportOptions.defaults();
        Optional<ImportLayout> named = ImportLayout.named(layout);
        if (named.isPresent()) {
            options = options.withLayout(named.get());
        }
        if (pool != null) {
            options = options.withPooling(pool);
        }
        if (input != null) {
            options = options.withInput(InputSizes.parse(input));
        }
        if (classes != null) {
            options = options.withClasses(classes);
        }
        for (String rename : renames) {
            options = options.withRename(Rename.parse(rename));
        }
        ImportedModel imported = WeightImporter.read(from, options);
        ModelFile.save(out, traced(imported));
        terminal.println(SpecText.text(imported.model().spec(), imported.model().preprocessing()));
        terminal.say("layout " + imported.layout().label());
        say("left out", imported.leftOut());
        say("not in the file, drawn anew (to be trained)", imported.fresh());
        terminal.say(from + " -> " + out);
        return 0;
    }

    /** Returns the model with its origin; a model file of this project keeps the one that it has. */
    private Model traced(ImportedModel imported) throws IOException {
        return imported.layout() == ImportLayout.MGN
                ? imported.model()
                : imported.model()
                        .withProvenance(
                                Provenance.ofImport(from, imported.layout().label(), clock));
    }

    /** Lists tensors grouped by the prefixes of their names. */
    private void say(String what, List<String> names) {
        Map<String, Long> groups = names.stream()
                .collect(Collectors.groupingBy(
                        name -> name.contains(".") ? name.substring(0, name.indexOf('.') + 1) + "*" : name,
                        TreeMap::new,
                        Collectors.counting()));
        if (!names.isEmpty()) {
            terminal.say(what + ": "
                    + groups.entrySet().stream()
                            .map(group -> group.getKey() + " (" + group.getValue() + " tensors)")
                            .collect(Collectors.joining(", ")));
        }
    }
}
