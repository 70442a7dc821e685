package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetSummary;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.train.Checkpoint;
import io.github.mgn4j.train.DatasetBatches;
import io.github.mgn4j.train.DivergedException;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.RecipeBuilder;
import io.github.mgn4j.train.RecipeYaml;
import io.github.mgn4j.train.RunFolder;
import io.github.mgn4j.train.StartingWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Train a network. Options override the recipe's settings.",
        footer = {
            "",
            "Ctrl-C or SIGTERM ends a training after the step that it is at, with a checkpoint that --resume goes on from,"
                    + " and exit code 0: nothing is lost. A training that diverges ends with 1."
        })
final class TrainCommand implements Callable<Integer> {
    private static final String DATA = "data";
    private static final String FORMAT = "format";

    private final Terminal terminal;

    // The same as DataOptions, but a run that is resumed knows where its data are.
    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data set (with --resume: as before).")
    private @Nullable Path data;

    @Option(names = "--format", paramLabel = "FORMAT", description = DataOptions.FORMATS)
    private @Nullable String format;

    @Option(
            names = "--recipe",
            paramLabel = "FILE.yaml",
            description = "Recipe (default: the article's for Market-1501; with --resume: the run's).")
    private @Nullable Path recipe;

    @Option(names = "--init", paramLabel = "MODEL", description = "Model to start from (default: fresh weights).")
    private @Nullable Path init;

    @Option(names = "--out", paramLabel = "RUN", description = "Folder of the run; needed but with --print-recipe.")
    private @Nullable Path given;

    @Option(
            names = "--print-recipe",
            description =
                    "Print the recipe, with the options' settings and all defaults, and end: a file to begin with.")
    private boolean printRecipe;

    private Path out = Path.of("");

    @Option(
            names = "--resume",
            description =
                    "Go on with the run in --out from its last checkpoint, as if it had never stopped (to the last"
                            + " bit with as many OpenMP threads as before); from the beginning if it was killed before it had one.")
    private boolean resume;

    @Option(names = "--p", paramLabel = "N", description = "Identities per batch.")
    private @Nullable Integer p;

    @Option(names = "--k", paramLabel = "N", description = "Images of each identity.")
    private @Nullable Integer k;

    @Option(names = "--epochs", paramLabel = "N", description = "Number of epochs.")
    private @Nullable Integer epochs;

    @Option(names = "--iterations", paramLabel = "N", description = "Total number of steps, instead of epochs.")
    private @Nullable Integer iterations;

    @Option(
            names = "--augment",
            paramLabel = "NAMES",
            description = "none, or names with commas: flip, crop, erase, jitter.")
    private @Nullable String augment;

    @Option(
            names = "--on-error",
            paramLabel = "fail|skip",
            description =
                    "A training image that cannot be read: end, or take another of the same identity and list them"
                            + " at the end.")
    private @Nullable OnError onError;

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
    private OutputOptions output;

    /** What is to be known about the data set; said when the call is not refused any more. */
    private List<String> warnings = List.of();

    TrainCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
    }

    @Override
    public Integer call() throws IOException {
        if (printRecipe) {
            terminal.println(RecipeYaml.format(overridden(base())).stripTrailing());
            return 0;
        }
        if (given == null) {
            throw new IllegalArgumentException("--out RUN is missing: the folder of the run");
        }
        out = given;
        try (StopOnSignal stop = new StopOnSignal(terminal)) {
            if (resume && RunFolder.canResume(out)) {
                resume(stop);
            } else {
                begin(stop);
            }
            return 0;
        } catch (DivergedException e) {
            terminal.say(Failures.sentence(e));
            return ExitCode.SOFTWARE;
        }
    }

    private Recipe base() throws IOException {
        return recipe == null ? Recipe.market1501() : RecipeYaml.read(recipe);
    }

    private void begin(StopOnSignal stop) throws IOException {
        if (data == null) {
            throw new IllegalArgumentException(
                    resume
                            ? out + ": holds no checkpoint to resume from, and without --data the run cannot begin"
                            : "--data DIR is missing: where the data set is");
        }
        Recipe used = overridden(base());
        ReidDataset dataset = read(data, format);
        OutputOptions.checkFolder(out);
        if (output.force()
                && Stream.of(RunFolder.RECIPE, RunFolder.LOG, RunFolder.MODEL)
                        .anyMatch(name -> Files.exists(out.resolve(name)))) {
            terminal.replaces(out);
        }
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
        if (resume) {
            terminal.say(out + " holds no checkpoint yet: beginning");
        }
        // The batches first: they refuse a recipe that the data do not suit.
        try (DatasetBatches batches = Training.batches(start, used, dataset);
                RunFolder run = RunFolder.create(out, output.force())) {
            note(run, data, format);
            warnings.forEach(terminal::say);
            evaluate(run, used, dataset);
            try {
                Training.run(start, used, batches, terminal, List.of(run, stop));
            } catch (IllegalArgumentException | IOException e) {
                run.discardWithoutSteps();
                throw e;
            }
            finish(run, batches, stop);
        }
    }

    private void resume(StopOnSignal stop) throws IOException {
        if (init != null || output.force()) {
            throw new IllegalArgumentException(
                    "--resume goes on with the run in " + out + "; leave out " + (init != null ? "--init" : "--force"));
        }
        try (RunFolder run = RunFolder.resume(out)) {
            Checkpoint checkpoint = run.checkpoint().orElseThrow();
            Recipe used = overridden(recipe == null ? checkpoint.recipe() : RecipeYaml.read(recipe));
            used.checkContinues(checkpoint.recipe());
            Path folder = data != null ? data : noted(run);
            String layout =
                    data != null || format != null ? format : run.note(FORMAT).orElse(null);
            ReidDataset dataset = read(folder, layout);
            note(run, folder, layout);
            evaluate(run, used, dataset);
            try (DatasetBatches batches = Training.batches(checkpoint.model(), used, dataset)) {
                int total = used.totalIterations(batches.iterationsPerEpoch());
                if (checkpoint.iteration() >= total && Files.exists(run.model())) {
                    terminal.say("%s is finished: all %d steps are taken, nothing is left to do".formatted(out, total));
                    return;
                }
                warnings.forEach(terminal::say);
                terminal.say("resuming after step %d of %d".formatted(checkpoint.iteration(), total));
                Training.resume(checkpoint, used, batches, terminal, List.of(run, stop));
                finish(run, batches, stop);
            }
        }
    }

    private ReidDataset read(Path folder, @Nullable String layout) throws IOException {
        DatasetFormat known = DataOptions.format(folder, layout);
        ReidDataset dataset = known.read(folder);
        warnings = DatasetSummary.warnings(dataset, known.published());
        return dataset;
    }

    private void finish(RunFolder run, DatasetBatches batches, StopOnSignal stop) {
        List<UnreadableImage> skipped = batches.skipped();
        skipped.forEach(image -> terminal.say("skipped: " + image.reason()));
        if (!skipped.isEmpty()) {
            terminal.say("%d training images cannot be read; others of the same identities took their places"
                    .formatted(skipped.size()));
        }
        if (!stop.stopping()) {
            terminal.say("trained -> " + run.model());
        }
    }

    private static void note(RunFolder run, Path folder, @Nullable String layout) {
        run.note(DATA, FileNames.text(folder.toAbsolutePath().normalize()));
        if (layout != null) {
            run.note(FORMAT, layout);
        }
    }

    private Path noted(RunFolder run) {
        return run.note(DATA)
                .map(FileNames::path)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the run in " + out + " does not say where its data are; name them with --data"));
    }

    private void evaluate(RunFolder run, Recipe used, ReidDataset dataset) {
        if (used.evaluateEvery() == 0) {
            return;
        }
        if (dataset.query().isEmpty() || dataset.gallery().isEmpty()) {
            terminal.say("no evaluation during training: %s has no query and gallery"
                    .formatted(FileNames.text(dataset.root())));
            return;
        }
        run.evaluator(new MapEvaluator(dataset, terminal));
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
        if (onError != null) {
            builder.onError(onError);
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
