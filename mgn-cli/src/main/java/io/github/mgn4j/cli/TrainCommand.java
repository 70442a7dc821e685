package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetSummary;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.image.OnError;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Provenance;
import io.github.mgn4j.train.ArticleRecipes;
import io.github.mgn4j.train.Checkpoint;
import io.github.mgn4j.train.DivergedException;
import io.github.mgn4j.train.DryRun;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.RecipeBuilder;
import io.github.mgn4j.train.RecipeYaml;
import io.github.mgn4j.train.RunFolder;
import io.github.mgn4j.train.Training;
import io.github.mgn4j.train.TrainingBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
            "Ctrl-C or SIGTERM ends a training after the current step, with a checkpoint for --resume and exit code 0:"
                    + " nothing is lost. A training that diverges ends with exit code 1."
        })
final class TrainCommand implements Callable<Integer> {
    private static final String DATA = "data";
    private static final String FORMAT = "format";
    private static final int EVALUATION_BATCH = 16;

    private final Terminal terminal;

    // Like DataOptions, but a resumed run already has a data set.
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the data set (default with --resume: the run's).")
    private @Nullable Path data;

    @Option(names = "--format", paramLabel = "FORMAT", description = DataOptions.FORMATS)
    private @Nullable String format;

    @Option(
            names = "--recipe",
            paramLabel = "FILE.yaml|NAME",
            description =
                    "Recipe: a file, or one of the article's: market1501, dukemtmc, cuhk03-labeled, cuhk03-detected"
                            + " (default: market1501; with --resume: the run's).")
    private @Nullable Path recipe;

    @Option(names = "--init", paramLabel = "MODEL", description = "Model to start from (default: fresh weights).")
    private @Nullable Path init;

    @Option(
            names = "--out",
            paramLabel = "RUN",
            description = "Folder of the run; required except with --print-recipe and --dry-run.")
    private @Nullable Path given;

    @Option(
            names = "--print-recipe",
            description = "Print the recipe with all settings, as a starting point for a file of your own, and exit.")
    private boolean printRecipe;

    @Option(
            names = "--dry-run",
            description =
                    "Check data and recipe, print steps, parameters and the estimated memory and time, and exit. A few"
                            + " steps are taken to measure; nothing is trained or written.")
    private boolean dryRun;

    private Path out = Path.of("");

    @Option(
            names = "--resume",
            description =
                    "Continue the run in --out from its last checkpoint as if it had never stopped, or from the beginning"
                            + " if it has none. The result is the same to the last bit with as many OpenMP threads as before.")
    private boolean resume;

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Option(names = "--iterations", paramLabel = "N", description = "Total number of steps, instead of epochs.")
    private @Nullable Integer iterations;

    @Option(
            names = "--on-error",
            paramLabel = "fail|skip",
            description =
                    "Action for a training image that cannot be read: stop, or take another of the same identity and list"
                            + " it at the end.")
    private @Nullable OnError onError;

    @Option(names = "--seed", paramLabel = "S", description = "Seed of sampling, augmentation and new weights.")
    private @Nullable Long seed;

    @Option(names = "--lr", paramLabel = "X", description = "Learning rate.")
    private @Nullable Double lr;

    @Option(names = "--momentum", paramLabel = "X", description = "Momentum of SGD.")
    private @Nullable Double momentum;

    @Option(names = "--weight-decay", paramLabel = "X", description = "Weight decay.")
    private @Nullable Double weightDecay;

    @Option(names = "--margin", paramLabel = "X", description = "Margin of the triplet loss.")
    private @Nullable Double margin;

    @Option(names = "--precision", paramLabel = "P", description = "fp32, or bf16 on processors that have it.")
    private @Nullable Precision precision;

    @Mixin
    private OutputOptions output;

    /** Warnings about the data set, printed once the call has been accepted. */
    private final List<String> warnings = new ArrayList<>();

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
        if (dryRun) {
            return dryRun();
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
        return recipe == null ? Recipe.market1501() : ArticleRecipes.read(recipe);
    }

    private int dryRun() throws IOException {
        if (resume) {
            throw new IllegalArgumentException("--dry-run is for a training from its beginning; leave out --resume");
        }
        Path folder = requireData();
        Recipe used = overridden(base());
        DatasetFormat known = DataOptions.format(folder, format);
        ReidDataset dataset = known.read(folder);
        TrainingBuilder training = Training.builder(dataset, used);
        if (init != null) {
            training.start(ModelFile.load(init));
        }
        terminal.say("measuring a few steps; nothing is trained or written");
        DryRun result = training.dryRun(known.published());
        dataset.notes().forEach(terminal::say);
        result.warnings().forEach(warning -> terminal.say("warning: " + warning));
        terminal.println(result.render().stripTrailing());
        return 0;
    }

    private Path requireData() {
        if (data == null) {
            throw new IllegalArgumentException(
                    resume
                            ? out + ": holds no checkpoint to resume from, and without --data the run cannot begin"
                            : "--data DIR is missing: where the data set is");
        }
        return data;
    }

    private void begin(StopOnSignal stop) throws IOException {
        Path root = requireData();
        Recipe used = overridden(base());
        ReidDataset dataset = read(root, format);
        OutputOptions.checkFolder(out);
        if (output.force()
                && Stream.of(RunFolder.RECIPE, RunFolder.LOG, RunFolder.MODEL)
                        .anyMatch(name -> Files.exists(out.resolve(name)))) {
            terminal.replaces(out);
        }
        TrainingBuilder training = Training.builder(dataset, used)
                .folder(out)
                .overwrite(output.force())
                .listener(stop);
        Model given = init == null ? null : ModelFile.load(init);
        if (init != null && given != null) {
            training.start(given.withProvenance(Provenance.ofTraining(init, given.provenance())));
        }
        note(training, root, format);
        evaluate(training, used, dataset);
        try (StepProgress progress = new StepProgress(terminal);
                Training run = training.listener(progress).open()) {
            sayNewClassifiers(given, run.start().spec().classes());
            if (resume) {
                terminal.say(out + " holds no checkpoint yet: beginning");
            }
            warnings.forEach(terminal::say);
            run.run();
            finish(run, stop);
        }
    }

    private void sayNewClassifiers(@Nullable Model given, int classes) {
        if (given != null && given.spec().classes() != classes) {
            terminal.say("new classifiers for %d identities: those of %s are for %d"
                    .formatted(classes, init, given.spec().classes()));
        }
    }

    private void resume(StopOnSignal stop) throws IOException {
        if (init != null || output.force()) {
            throw new IllegalArgumentException(
                    "--resume goes on with the run in " + out + "; leave out " + (init != null ? "--init" : "--force"));
        }
        try (RunFolder folder = RunFolder.resume(out)) {
            Checkpoint checkpoint = folder.checkpoint().orElseThrow();
            Recipe used = overridden(recipe == null ? checkpoint.recipe() : ArticleRecipes.read(recipe));
            used.checkContinues(checkpoint.recipe());
            Path root = data != null ? data : noted(folder);
            String layout = data != null || format != null
                    ? format
                    : folder.note(FORMAT).orElse(null);
            ReidDataset dataset = read(root, layout);
            TrainingBuilder training =
                    Training.builder(dataset, used).folder(folder).listener(stop);
            note(training, root, layout);
            evaluate(training, used, dataset);
            try (StepProgress progress = new StepProgress(terminal);
                    Training run = training.listener(progress).open()) {
                if (run.isFinished()) {
                    terminal.say("%s is finished: all %d steps are taken, nothing is left to do"
                            .formatted(out, run.totalIterations()));
                    return;
                }
                warnings.forEach(terminal::say);
                terminal.say("resuming after step %d of %d".formatted(run.iteration(), run.totalIterations()));
                run.run();
                finish(run, stop);
            }
        }
    }

    private ReidDataset read(Path folder, @Nullable String layout) throws IOException {
        DatasetFormat known = DataOptions.format(folder, layout);
        ReidDataset dataset = known.read(folder);
        warnings.addAll(DatasetSummary.warnings(dataset, known.published()));
        return dataset;
    }

    private void finish(Training run, StopOnSignal stop) {
        List<UnreadableImage> skipped = run.skipped();
        skipped.forEach(image -> terminal.say("skipped: " + image.reason()));
        if (!skipped.isEmpty()) {
            terminal.say("%d training images cannot be read; others of the same identities took their places"
                    .formatted(skipped.size()));
        }
        if (!stop.stopping()) {
            terminal.say("trained -> " + out.resolve(RunFolder.MODEL));
        }
    }

    private static void note(TrainingBuilder training, Path folder, @Nullable String layout) {
        training.note(DATA, FileNames.text(folder.toAbsolutePath().normalize()));
        if (layout != null) {
            training.note(FORMAT, layout);
        }
    }

    private Path noted(RunFolder run) {
        return run.note(DATA)
                .map(FileNames::path)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the run in " + out + " does not say where its data are; name them with --data"));
    }

    private void evaluate(TrainingBuilder training, Recipe used, ReidDataset dataset) {
        if (used.cadence().evaluateEvery() == 0) {
            return;
        }
        if (dataset.query().isEmpty() || dataset.gallery().isEmpty()) {
            warnings.add("no evaluation during training: %s has no query and gallery"
                    .formatted(FileNames.text(dataset.root())));
            return;
        }
        training.evaluator((model, iteration) -> score(model, iteration, dataset));
    }

    /** Returns the mean average precision on the data set's query and gallery. */
    private double score(Model model, long iteration, ReidDataset dataset) throws IOException {
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(model).batch(EVALUATION_BATCH).build()) {
            ReidMetrics metrics = new Evaluator(DistanceMetric.EUCLIDEAN)
                    .evaluate(extractor, dataset)
                    .metrics();
            terminal.say(String.format(
                    Locale.ROOT, "after step %d: mAP %.4f, rank-1 %.4f", iteration, metrics.mAP(), metrics.rank(1)));
            return metrics.mAP();
        }
    }

    private Recipe overridden(Recipe base) {
        RecipeBuilder builder = base.toBuilder();
        sampling.apply(builder);
        if (iterations != null) {
            builder.iterations(iterations);
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
        if (precision != null) {
            builder.precision(precision);
        }
        if (margin != null) {
            builder.margin(margin);
        }
        return builder.build();
    }
}
