package io.github.mgn4j.cli;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.DatasetFormat;
import io.github.mgn4j.data.DatasetSummary;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.eval.DistanceMetric;
import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.MetricsJson;
import io.github.mgn4j.eval.QueryExpansion;
import io.github.mgn4j.eval.ReRanker;
import io.github.mgn4j.eval.Verification;
import io.github.mgn4j.eval.Verifier;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.FeatureSet;
import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.report.LossPoint;
import io.github.mgn4j.report.ReportData;
import io.github.mgn4j.report.ReportWriter;
import io.github.mgn4j.train.StepLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
        description = "Compute the re-identification metrics, from feature files or straight from images.")
final class EvaluateCommand implements Callable<Integer> {
    /** Gallery images in the report's rows. */
    private static final int TOP = 10;

    private static final int RESAMPLES = 1000;
    private static final double CONFIDENCE = 0.95;

    private final Terminal terminal;

    @Spec
    private @Nullable CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--metric",
            paramLabel = "euclidean|cosine",
            defaultValue = "euclidean",
            description = "Distance of two features (default: ${DEFAULT-VALUE}).")
    private DistanceMetric metric = DistanceMetric.EUCLIDEAN;

    @Option(names = "--rerank", description = "Re-rank with k-reciprocal encoding (Zhong et al., CVPR 2017).")
    private boolean rerank;

    @Option(names = "--k1", paramLabel = "N", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
    private int k1;

    @Option(names = "--k2", paramLabel = "N", defaultValue = "6", description = "Default: ${DEFAULT-VALUE}.")
    private int k2;

    @Option(names = "--lambda", paramLabel = "X", defaultValue = "0.3", description = "Default: ${DEFAULT-VALUE}.")
    private double lambda;

    @Option(
            names = "--expand",
            paramLabel = "N",
            description = "Expand each query by its N nearest gallery features before (alpha query expansion).")
    private @Nullable Integer expand;

    @Option(
            names = "--alpha",
            paramLabel = "X",
            defaultValue = "3",
            description = "Power of the cosine that weighs them (default: ${DEFAULT-VALUE}).")
    private double alpha;

    @Option(
            names = "--roc",
            description =
                    "Also the true accept rate at false accept rates of 0.1 to 0.0001, and the distance that gives each.")
    private boolean roc;

    @Option(
            names = "--block-memory",
            paramLabel = "MIB",
            defaultValue = "128",
            description = "Memory for blocks of distances, beside the features (default: ${DEFAULT-VALUE} MiB).")
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

        @Option(names = "--format", paramLabel = "FORMAT", description = "Its layout, as for data.")
        private @Nullable String format;

        @ArgGroup(exclusive = false)
        private ExtractorOptions options = new ExtractorOptions();

        DatasetFormat format() throws IOException {
            return DataOptions.format(data, format);
        }
    }

    @Override
    public Integer call() throws IOException {
        ReRanker reRanker = new ReRanker(k1, k2, lambda);
        QueryExpansion expansion = expand == null ? null : new QueryExpansion(expand, alpha);
        Evaluator evaluator = new Evaluator(metric, TOP, (long) blockMemory << 20);
        json.check(output);
        if (report != null) {
            OutputOptions.checkFolder(report);
            for (String name : ReportWriter.FILES) {
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
        DatasetFormat format = images == null ? null : images.format();
        ReidDataset dataset = images == null || format == null ? null : format.read(images.data);
        Input input = dataset == null ? fromFiles() : fromImages(dataset);
        TestSet test = expanded(input.test(), expansion);
        Evaluation plain = evaluator.evaluate(test.query(), test.gallery());
        Evaluation shown = rerank ? evaluator.evaluate(test.query(), test.gallery(), reRanker) : plain;
        MetricsJson metrics = MetricsJson.of(shown.metrics());
        if (rerank) {
            metrics = metrics.withBaseline(plain.metrics());
        }
        Verifier verifier = new Verifier(metric, RESAMPLES, CONFIDENCE, 0, evaluator.blockBytes());
        Verification verification = roc ? verifier.verify(test.query(), test.gallery()) : null;
        if (verification != null) {
            metrics = metrics.with(verification);
        }
        try (OutputFiles files = new OutputFiles()) {
            json.write(files, metrics.toString());
            if (report != null) {
                ReportData.Builder page = describe(shown, plain, test, dataset).loss(losses);
                Reports.addFigures(page, shown, test, evaluator);
                Reports.addProvenance(page, images == null ? null : images.model, provenance(input, test));
                Reports.addFeatures(page, test, verifier, verification);
                if (input.model() != null) {
                    Reports.addAttention(page, input.model(), shown, input.images());
                }
                Reports.addGalleries(page, shown, input.images());
                ReportWriter.write(files, report, page.build());
            }
            files.publish();
        }
        if (format != null && dataset != null) {
            DatasetSummary.warnings(dataset, format.published()).forEach(terminal::say);
        }
        List<String> text = new ArrayList<>(List.of(MetricsText.header(), MetricsText.row("plain", plain.metrics())));
        if (rerank) {
            text.add(MetricsText.row("re-ranked", shown.metrics()));
        }
        if (verification != null) {
            text.addAll(VerificationText.lines(verification));
        }
        json.print(metrics.toString(), String.join("\n", text));
        return 0;
    }

    private Map<String, String> provenance(Input input, TestSet test) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("command", "mgn " + String.join(" ", arguments()));
        facts.put("metric", metric.name().toLowerCase(Locale.ROOT));
        facts.put("bootstrap seed", "0");
        if (input.engine() != null) {
            facts.put("engine", input.engine());
        }
        facts.put(
                "sizes",
                test.query().labels().size() + " queries, "
                        + test.gallery().labels().size() + " gallery images of "
                        + test.query().features().dims() + " dims");
        return facts;
    }

    private List<String> arguments() {
        return Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs().stream()
                .map(RawArguments::shown)
                .toList();
    }

    private ReportData.Builder describe(
            Evaluation shown, Evaluation plain, TestSet test, @Nullable ReidDataset dataset) {
        ReportData.Builder page = ReportData.builder("Re-identification")
                .fact("distance", metric.name().toLowerCase(Locale.ROOT))
                .fact("queries", "" + test.query().labels().size())
                .fact("gallery", "" + test.gallery().labels().size())
                .metrics(rerank ? "re-ranked" : "plain", shown.metrics());
        if (rerank) {
            page.fact("re-ranking", "k1 %d, k2 %d, lambda %s".formatted(k1, k2, lambda));
            page.metrics("plain", plain.metrics());
        }
        if (expand != null) {
            page.fact("query expansion", "%d nearest, alpha %s".formatted(expand, alpha));
        }
        if (dataset != null) {
            page.fact("data", FileNames.text(dataset.root()) + " (" + dataset.name() + ")");
        }
        return page;
    }

    /**
     * What is evaluated.
     *
     * @param images of it
     * @param model that its features were extracted with; null for features from files
     * @param engine that extracted them
     */
    private record Input(
            TestSet test,
            ReportImages images,
            @Nullable Model model,
            @Nullable String engine) {}

    private TestSet expanded(TestSet test, @Nullable QueryExpansion expansion) {
        return expansion == null
                ? test
                : new TestSet(expansion.expand(test.query(), test.gallery(), metric), test.gallery());
    }

    private Input fromFiles() throws IOException {
        Files files = Objects.requireNonNull(source.files);
        FeatureSet query = FeatureSet.read(files.query);
        FeatureSet gallery = FeatureSet.read(files.gallery);
        TestSet test = new TestSet(LabelledFeatures.of(query), LabelledFeatures.of(gallery));
        return new Input(
                test,
                new ReportImages(
                        ReportImages.of(query.table(), test.query().labels(), files.query, files.queryImages),
                        ReportImages.of(gallery.table(), test.gallery().labels(), files.gallery, files.galleryImages)),
                null,
                null);
    }

    private Input fromImages(ReidDataset dataset) throws IOException {
        Images images = Objects.requireNonNull(source.images);
        Model model = ModelFile.load(images.model);
        try (FeatureExtractor extractor = images.options.open(model, devices)) {
            TestSet.Extracted extracted = TestSet.extract(extractor, dataset, images.options.onError(), terminal);
            return new Input(extracted.test(), ReportImages.of(extracted.dataset()), model, extractor.engineName());
        }
    }
}
