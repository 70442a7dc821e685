package io.github.mgn4j.cli;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.RecipeBuilder;
import io.github.mgn4j.train.RecipeYaml;
import io.github.mgn4j.train.RunFolder;
import io.github.mgn4j.train.StartingWeights;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Train a network. Options override the recipe's settings.")
final class TrainCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(
            names = "--recipe",
            paramLabel = "FILE.yaml",
            description = "Recipe (default: the article's for Market-1501).")
    private @Nullable Path recipe;

    @Option(names = "--init", paramLabel = "MODEL", description = "Model to start from (default: fresh weights).")
    private @Nullable Path init;

    @Option(names = "--out", required = true, paramLabel = "RUN", description = "Folder of the run.")
    private Path out = Path.of("");

    @Option(names = "--p", paramLabel = "N", description = "Identities per batch.")
    private @Nullable Integer p;

    @Option(names = "--k", paramLabel = "N", description = "Images of each identity.")
    private @Nullable Integer k;

    @Option(names = "--epochs", paramLabel = "N", description = "Number of epochs.")
    private @Nullable Integer epochs;

    @Option(names = "--iterations", paramLabel = "N", description = "Total number of steps, instead of epochs.")
    private @Nullable Integer iterations;

    @Option(names = "--augment", paramLabel = "NAMES", description = "none, or names with commas: flip, ...")
    private @Nullable String augment;

    @Option(names = "--seed", paramLabel = "S", description = "Decides sampling, augmentation and new weights.")
    private @Nullable Long seed;

    @Option(names = "--lr", paramLabel = "X", description = "Learning rate.")
    private @Nullable Double lr;

    @Option(names = "--momentum", paramLabel = "X", description = "Momentum of SGD.")
    private @Nullable Double momentum;

    @Option(names = "--weight-decay", paramLabel = "X", description = "Weight decay.")
    private @Nullable Double weightDecay;

    @Option(names = "--margin", paramLabel = "X", description = "Margin of the triplet loss.")
    private @Nullable Double margin;

    @Mixin
    private OutputOptions output = new OutputOptions();

    TrainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Recipe used = overridden(recipe == null ? Recipe.market1501() : RecipeYaml.read(recipe));
        ReidDataset dataset = data.read();
        int classes = Training.classes(dataset);
        Model start;
        if (init == null) {
            start = StartingWeights.fresh(used, classes);
        } else {
            Model given = ModelFile.load(init);
            if (given.spec().classes() != classes) {
                terminal.say("new classifiers for %d identities: those of %s are for %d"
                        .formatted(classes, init, given.spec().classes()));
            }
            start = StartingWeights.from(given, classes, used.seed());
        }
        try (RunFolder run = RunFolder.create(out, output.force())) {
            Training.run(start, used, dataset, terminal, List.of(run));
            terminal.say("trained -> " + run.model());
        }
        return 0;
    }

    private Recipe overridden(Recipe base) {
        RecipeBuilder builder = base.toBuilder();
        if (p != null) {
            builder.p(p);
        }
        if (k != null) {
            builder.k(k);
        }
        if (epochs != null) {
            builder.epochs(epochs);
        }
        if (iterations != null) {
            builder.iterations(iterations);
        }
        if (augment != null) {
            builder.augment(augment.equals("none") ? List.of() : List.of(augment.split(",", -1)));
        }
        if (seed != null) {
            builder.seed(seed);
        }
        if (lr != null) {
            builder.lr(lr);
        }
        if (momentum != null) {
            builder.momentum(momentum);
        }
        if (weightDecay != null) {
            builder.weightDecay(weightDecay);
        }
        if (margin != null) {
            builder.margin(margin);
        }
        return builder.build();
    }
}
