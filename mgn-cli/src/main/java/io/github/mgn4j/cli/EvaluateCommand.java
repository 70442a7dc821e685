package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetSummary;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SyntheticMasks;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.EvaluationOptions;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.QueryExpansion;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.eval.TestFeatures;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.report.LossPoint;
import io.github.mgn4j.report.Report;
import io.github.mgn4j.report.ReportBuilder;
import io.github.mgn4j.samediff.ActivationMaps;
import io.github.mgn4j.train.StepLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Compute the re-identification metrics from feature files or images.")
final class EvaluateCommand implements Callable<Integer> {
    /** Gallery images per row of the report. */
    private static final int TOP = 10;

    private final Terminal terminal;

    @Spec
    private @Nullable CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--metric",
            paramLabel = "euclidean|cosine",
            defaultValue = "euclidean",
            description = "Distance metric (default: ${DEFAULT-VALUE}).")
    private DistanceMetric metric = DistanceMetric.EUCLIDEAN;

    @Option(names = "--rerank", description = "Re-rank with k-reciprocal encoding (Zhong et al., CVPR 2017).")
    private boolean rerank;

    @Option(
            names = "--k1",
            paramLabel = "N",
            defaultValue = "20",
            description = "With --rerank: size of the reciprocal neighbourhoods (default: ${DEFAULT-VALUE}).")
    private int k1;

    @Option(
            names = "--k2",
            paramLabel = "N",
            defaultValue = "6",
            description = "With --rerank: number of images to average over (default: ${DEFAULT-VALUE}).")
    private int k2;

    @Option(
            names = "--lambda",
            paramLabel = "X",
            defaultValue = "0.3",
            description = "With --rerank: weight of the original distance (default: ${DEFAULT-VALUE}).")
    private double lambda;

    @Option(
            names = "--expand",
            paramLabel = "N",
            description = "Expand each query by its N nearest gallery features first (alpha query expansion).")
    private @Nullable Integer expand;

    @Option(
            names = "--alpha",
            paramLabel = "X",
            defaultValue = "3",
            description =
                    "With --expand: exponent of the cosine that weights the features (default: ${DEFAULT-VALUE}).")
    private double alpha;

    @Option(
            names = "--roc",
            description = "Also measure the true accept rates and thresholds at false accept rates of 0.1 to 0.0001.")
    private boolean roc;

    @Option(
            names = "--block-memory",
            paramLabel = "MIB",
            defaultValue = "128",
            description =
                    "Memory for blocks of distances, in addition to the features (default: ${DEFAULT-VALUE} MiB).")
    private int blockMemory;

    @Mixin
    private JsonOption json;

    @Option(names = "--report", paramLabel = "DIR", description = "Write report.html with pictures to a folder.")
    private @Nullable Path report;

    @Option(names = "--run", paramLabel = "RUN", description = "Training run whose loss the report shows.")
    private @Nullable Path run;

    @Mixin
    private DeviceOptions devices = new DeviceOptions();

    @Mixin
    private OutputOptions output;

    EvaluateCommand(Terminal terminal) {
        this.terminal = terminal;
        output = new OutputOptions(terminal);
        json = new JsonOption(terminal);
    }

    /** Either two feature files or a model and a data set. */
    static final class Source {
        @ArgGroup(exclusive = false, multiplicity = "1")
        private @Nullable Files files;

        @ArgGroup(exclusive = false, multiplicity = "1")
        private @Nullable Images images;
    }

    /** Two feature files. */
    static final class Files {
        @Option(names = "--query", required = true, paramLabel = "Q.npy", description = "Features of the queries.")
        private Path query = Path.of("");

        @Option(names = "--gallery", required = true, paramLabel = "G.npy", description = "Features of the gallery.")
        private Path gallery = Path.of("");

        @Option(
                names = "--query-images",
                paramLabel = "DIR",
                description = "Folder of the queries' images, for the report.")
        private @Nullable Path queryImages;

        @Option(
                names = "--gallery-images",
                paramLabel = "DIR",
                description = "Folder of the gallery's images, for the report.")
        private @Nullable Path galleryImages;
    }

    /** A model and a data set. */
    static final class Images {
        @Option(names = "--model", required = true, paramLabel = "MODEL", description = "Model file.")
        private Path model = Path.of("");

        // The same as DataOptions, which picocli does not mix into groups.
        @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the data set.")
        private Path data = Path.of("");

        @Option(names = "--format", paramLabel = "FORMAT", description = "Format of the data set, as for data.")
        private @Nullable String format;

        @ArgGroup(exclusive = false)
        private ExtractorOptions options = new ExtractorOptions();

        @ArgGroup(exclusive = false)
        private ThresholdsOption thresholds = new ThresholdsOption();

        DatasetFormat format() throws IOException {
            return DataOptions.format(data, format);
        }
    }

    @Override
    public Integer call() throws IOException {
        ReRanker reRanker = new ReRanker(k1, k2, lambda); // rejects invalid values even without --rerank
        EvaluationOptions.Builder options = EvaluationOptions.builder()
                .reRank(rerank ? reRanker : null)
                .expand(expand == null ? null : new QueryExpansion(expand, alpha))
                .verification(roc);
        Evaluator evaluator = new Evaluator(metric, TOP, (long) blockMemory << 20);
        json.check(output);
        if (report != null) {
            OutputOptions.checkFolder(report);
            for (String name : Report.FILES) {
                output.check(report.resolve(name));
            }
        }
        List<LossPoint> losses = run == null
                ? List.of()
                : StepLog.read(run).stream()
                        .map(s -> new LossPoint((int) s.iteration(), s.loss(), s.softmax(), s.triplet()))
                        .toList();
        Images images = source.images;
        if (images == null && devices.isGiven()) {
            throw new IllegalArgumentException("--device is for --model: features in files are computed already");
        }
        if (images != null) {
            images.thresholds.check(output, expand != null);
        }
        DatasetFormat format = images == null ? null : images.format();
        ReidDataset dataset = images == null || format == null ? null : format.read(images.data);
        Input input = dataset == null ? fromFiles() : fromImages(dataset, options);
        DatasetEvaluation evaluation = evaluator.evaluate(input.features(), options.build());
        List<String> stored = List.of();
        try (OutputFiles files = new OutputFiles()) {
            json.write(files, evaluation.toJson().toString());
            if (images != null && input.model() != null) {
                stored = images.thresholds.write(files, input.model(), images.options.flip(input.model()), evaluation);
            }
            if (report != null) {
                report(evaluation, input, dataset, losses).write(files, report);
            }
            files.publish();
        }
        stored.forEach(terminal::say);
        if (format != null && dataset != null) {
            DatasetSummary.warnings(dataset, format.published()).forEach(terminal::say);
        }
        json.print(evaluation.toJson().toString(), String.join("\n", lines(evaluation)));
        return 0;
    }

    private static List<String> lines(DatasetEvaluation evaluation) {
        List<String> lines = new ArrayList<>();
        lines.add(MetricsText.header());
        lines.add(MetricsText.row("plain", evaluation.plain().metrics()));
        if (evaluation.reRanked() != null) {
            lines.add(MetricsText.row("re-ranked", evaluation.metrics()));
        }
        if (evaluation.verification() != null) {
            lines.addAll(VerificationText.lines(evaluation.verification()));
        }
        return lines;
    }

    private Report report(
            DatasetEvaluation evaluation, Input input, @Nullable ReidDataset dataset, List<LossPoint> losses)
            throws IOException {
        LabelledFeatures query = evaluation.features().query();
        ReportBuilder page = Report.builder(evaluation)
                .loss(losses)
                .provenance("by", VersionProvider.version())
                .provenance("command", "mgn " + String.join(" ", arguments()))
                .provenance("metric", metric.name().toLowerCase(Locale.ROOT))
                .provenance("bootstrap seed", "0");
        if (input.engine() != null) {
            page.provenance("engine", input.engine());
        }
        page.provenance(
                "sizes",
                query.labels().size() + " queries, "
                        + evaluation.features().gallery().labels().size() + " gallery images of "
                        + query.features().dims() + " dims");
        if (input.model() != null && source.images != null) {
            page.model(source.images.model);
            try (ActivationMaps maps = ActivationMaps.of(input.model())) {
                page.activationMaps(maps::compute);
            }
            if (dataset != null && SyntheticMasks.of(dataset.root()).isPresent()) {
                try (FeatureExtractor extractor =
                        FeatureExtractor.builder(input.model()).batch(32).build()) {
                    AttentionText.add(page, dataset, extractor);
                }
            }
        }
        return page.build();
    }

    private List<String> arguments() {
        return Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs().stream()
                .map(RawArguments::shown)
                .toList();
    }

    /**
     * The input of an evaluation.
     *
     * @param model model of the features; null for features from files
     * @param engine engine of the features
     */
    private record Input(
            TestFeatures features,
            @Nullable Model model,
            @Nullable String engine) {}

    private Input fromFiles() throws IOException {
        Files files = Objects.requireNonNull(source.files);
        return new Input(
                TestFeatures.read(files.query, files.queryImages, files.gallery, files.galleryImages), null, null);
    }

    private Input fromImages(ReidDataset dataset, EvaluationOptions.Builder options) throws IOException {
        Images images = Objects.requireNonNull(source.images);
        Model model = ModelFile.load(images.model);
        try (FeatureExtractor extractor = images.options.open(model, devices)) {
            TestFeatures features;
            try (Progress progress = terminal.progress("images")) {
                options.onError(images.options.onError()).progress(progress::update);
                features = TestFeatures.extract(extractor, dataset, options.build());
            }
            features.skipped().forEach(image -> terminal.say("skipped: " + Failures.sentence(image.reason())));
            return new Input(features, model, extractor.engineName());
        }
    }
}
