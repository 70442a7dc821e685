package io.github.mgn4j.cli;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.study.StartingBackbone;
import io.github.mgn4j.study.Study;
import io.github.mgn4j.study.StudyBuilder;
import io.github.mgn4j.study.StudyListener;
import io.github.mgn4j.study.StudyNetwork;
import io.github.mgn4j.study.StudyPlan;
import io.github.mgn4j.study.StudyRow;
import io.github.mgn4j.study.StudySuites;
import io.github.mgn4j.study.StudyYaml;
import io.github.mgn4j.train.ArticleRecipes;
import io.github.mgn4j.train.NetworkSettings;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.RecipeBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        description = "Train and evaluate several networks on the same batches, and write one table.",
        footer = {
            "",
            "Ctrl-C or SIGTERM ends a study after the current step, with a checkpoint for --resume and exit code 0. A"
                    + " row that diverges is shown as such in the table, and the study goes on."
        })
final class StudyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(
            names = "--suite",
            required = true,
            paramLabel = "article|granularities|losses|FILE.yaml",
            description = "The rows: a suite of the library, or a file of your own.")
    private String suite = "";

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Train each row with the seeds 1 to N (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of the study; required except with --dry-run.")
    private @Nullable Path out;

    @Option(names = "--resume", description = "Continue the study in --out as if it had never stopped.")
    private boolean resume;

    @Option(names = "--dry-run", description = "Print rows, networks, losses, steps and the estimated time, and exit.")
    private boolean dryRun;

    @Option(
            names = "--recipe",
            paramLabel = "FILE.yaml|NAME",
            description =
                    "Recipe that the rows change: a file, or one of the article's, as train takes (default: market1501).")
    private @Nullable Path recipe;

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description =
                    "Steps of every training, instead of epochs. Learning rates fall at the same shares of the training.")
    private @Nullable Integer iterations;

    @Option(
            names = "--init",
            paramLabel = "FILE",
            description =
                    "Backbone that every training starts from, such as torchvision's: a checkpoint or a model. Once for each"
                            + " depth and width of the rows (default: random weights).")
    private List<Path> init = new ArrayList<>();

    @Option(names = "--depth", paramLabel = "18|34|50", description = "Depth of the networks of depth 50.")
    private @Nullable Integer depth;

    @Option(names = "--width", paramLabel = "X", description = "Multiplier of all channel counts.")
    private @Nullable Double width;

    @Option(names = "--input", paramLabel = "HxW", description = "Input size of the networks, such as 384x128.")
    private @Nullable String input;

    @Option(names = "--embedding", paramLabel = "N", description = "Length of the reduced vectors.")
    private @Nullable Integer embedding;

    @Option(names = "--k1", paramLabel = "N", defaultValue = "20", description = "k1 of re-ranking (default: 20).")
    private int k1;

    @Option(names = "--k2", paramLabel = "N", defaultValue = "6", description = "k2 of re-ranking (default: 6).")
    private int k2;

    @Option(
            names = "--lambda",
            paramLabel = "X",
            defaultValue = "0.3",
            description = "lambda of re-ranking (default: 0.3).")
    private double lambda;

    StudyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (seeds < 1) {
            throw new IllegalArgumentException("--seeds must be at least 1, not " + seeds);
        }
        if (out == null && !dryRun) {
            throw new IllegalArgumentException("--out DIR is missing: the folder of the study");
        }
        ReRanker reRanker = new ReRanker(k1, k2, lambda);
        List<StudyRow> rows = rows();
        if (!init.isEmpty()) {
            List<StartingBackbone> starts = new ArrayList<>();
            for (Path file : init) {
                starts.add(StartingBackbone.read(file));
            }
            rows = rows.stream().map(row -> row.withStarts(starts)).toList();
        }
        ReidDataset dataset = data.read();
        StudyBuilder builder = Study.builder(dataset, rows)
                .seeds(LongStream.rangeClosed(1, seeds).boxed().toList())
                .reRanker(reRanker)
                .resume(resume);
        if (iterations != null) {
            builder.iterations(iterations);
        }
        if (dryRun) {
            try (Study study = builder.open()) {
                print(study);
            }
            return 0;
        }
        Path folder = out == null ? Path.of("") : out;
        OutputOptions.checkFolder(folder);
        try (Progress progress = terminal.progress("steps");
                StopOnSignal stop = new StopOnSignal(terminal);
                Study study =
                        builder.folder(folder).listener(new Shown(progress)).open()) {
            run(study, folder, stop);
        }
        return 0;
    }

    private List<StudyRow> rows() throws IOException {
        Recipe base = overridden(recipe == null ? Recipe.market1501() : ArticleRecipes.read(recipe));
        NetworkSettings size = base.network();
        base = base.toBuilder()
                .network(new NetworkSettings(
                        size.preset(),
                        depth == null ? size.depth() : depth,
                        width == null ? size.width() : width,
                        input == null ? size.input() : InputSizes.parse(input),
                        size.pooling(),
                        embedding == null ? size.embedding() : embedding,
                        size.globalClassifier()))
                .build();
        return suite.endsWith(".yaml") || suite.endsWith(".yml")
                ? StudyYaml.read(Path.of(suite), base).stream()
                        .map(row -> row.withRecipes(this::overridden))
                        .toList()
                : StudySuites.named(suite, base);
    }

    private Recipe overridden(Recipe base) {
        RecipeBuilder builder = base.toBuilder();
        sampling.apply(builder);
        return builder.build();
    }

    /** Shows the steps of all trainings as one progress. */
    private static final class Shown implements StudyListener {
        private final io.github.mgn4j.cli.Progress bar;

        Shown(io.github.mgn4j.cli.Progress bar) {
            this.bar = bar;
        }

        @Override
        public void progress(StudyListener.Progress state) {
            if (Double.isNaN(state.loss())) {
                bar.update(state.done(), state.total() + 1, List.of(state.what()));
            } else {
                bar.update(
                        state.done(),
                        state.total() + 1, // the last evaluation is left after the last step
                        List.of(state.what(), String.format(Locale.ROOT, "loss %.3f", state.loss())));
            }
        }
    }

    private void run(Study study, Path folder, StopOnSignal stop) throws IOException {
        stop.ask(study::requestStop);
        String table = study.run().markdown().stripTrailing();
        stop.saved();
        if (study.isFinished()) {
            terminal.println(table);
            terminal.say("study -> " + folder.resolve(Study.PAGE));
        } else {
            terminal.say("stopped; --resume goes on");
        }
    }

    private void print(Study study) throws IOException {
        StudyPlan plan = study.plan();
        for (StudyRow row : plan.rows()) {
            terminal.println(String.format(
                    Locale.ROOT,
                    "%s: %.2f M parameters, %.3f GMAC per image%s",
                    row.name(),
                    row.parameters() / 1e6,
                    row.macs() / 1e9,
                    row.networks().size() == 1 ? "" : ", " + row.networks().size() + " networks joined"));
            for (StudyNetwork network : row.networks()) {
                terminal.println(String.format(
                        Locale.ROOT,
                        "  ResNet-%d, %dx%d, %.3f GMAC, %d features of %d values%n%s",
                        network.spec().backbone().depth(),
                        network.spec().input().height(),
                        network.spec().input().width(),
                        NetworkSummary.of(network.spec()).macs() / 1e9,
                        network.spec().features().size(),
                        network.spec().partLength(),
                        StudyPlan.objective(network)
                                .table()
                                .stripTrailing()
                                .indent(4)
                                .stripTrailing()));
            }
        }
        terminal.println("%d trainings of %d steps (%d rows, %d seeds; a training that rows share counts once)"
                .formatted(
                        plan.trainings(),
                        plan.iterations(),
                        plan.rows().size(),
                        plan.seeds().size()));
        double hours = study.estimateSeconds() / 3600;
        terminal.println(String.format(
                Locale.ROOT,
                "estimated time on this machine: %s for the trainings, evaluations not counted",
                hours < 1
                        ? String.format(Locale.ROOT, "%.0f minutes", Math.ceil(60 * hours))
                        : String.format(Locale.ROOT, "%.1f hours", hours)));
    }
}
