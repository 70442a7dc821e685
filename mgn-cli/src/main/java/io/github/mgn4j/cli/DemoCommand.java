package io.github.mgn4j.cli;

import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.eval.DatasetEvaluation;
import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.EvaluationOptions;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.OcclusionMaps;
import io.github.mgn4j.extract.FeatureExtractor;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.internal.io.FolderLock;
import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.report.LossPoint;
import io.github.mgn4j.report.Report;
import io.github.mgn4j.report.ReportBuilder;
import io.github.mgn4j.samediff.internal.CudaBackend;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.RecipeYaml;
import io.github.mgn4j.train.Training;
import io.github.mgn4j.train.TrainingListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Try the whole workflow without downloads: create a synthetic data set, train a small network on it,"
                        + " evaluate it on other people, write a report. Takes some minutes. Replaces the files of an earlier demo in"
                        + " its folder: data, run, metrics.json, report.html and its pictures; other files stay.")
final class DemoCommand implements Callable<Integer> {
    private static final SynthOptions PEOPLE =
            SynthOptions.DEFAULT.withIds(100).withCameras(4).withImages(3);

    private final Terminal terminal;
    private final SynthOptions people;
    private final Recipe recipe;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "demo", description = "Folder (default: demo).")
    private Path out = Path.of("demo");

    DemoCommand(Terminal terminal) throws IOException {
        this(terminal, PEOPLE, recipe());
    }

    /** Creates a demo of another size. */
    DemoCommand(Terminal terminal, SynthOptions people, Recipe recipe) {
        this.terminal = terminal;
        this.people = people;
        this.recipe = recipe;
    }

    @Override
    public Integer call() throws IOException {
        CudaBackend.check(); // before spending minutes on the steps before the training
        OutputOptions.checkFolder(out);
        boolean isNew = !Files.exists(out);
        Files.createDirectories(out);
        try (FolderLock lock = FolderLock.acquire(out)) {
            return make(lock);
        } finally {
            if (isNew) {
                removeEmpty(); // the failure came before any file
            }
        }
    }

    private void removeEmpty() throws IOException {
        try {
            Files.deleteIfExists(out);
        } catch (DirectoryNotEmptyException e) {
            // The folder is not empty, so it stays.
        }
    }

    private int make(FolderLock lock) throws IOException {
        long start = System.nanoTime();
        Path data = out.resolve("data");
        OutputOptions.checkFolder(data);
        OutputOptions.checkFolder(out.resolve("run"));
        Stream.of("data", "run", "metrics.json", Report.PAGE)
                .map(out::resolve)
                .filter(Files::exists)
                .forEach(terminal::replaces);
        terminal.say("1/4 drawing people");
        try (Progress progress = terminal.progress("images")) {
            SyntheticDataset.write(people.withMasks(true), data, true, progress::update);
        }
        ReidDataset dataset = DatasetFormats.read(data);
        List<LossPoint> losses = new ArrayList<>();
        TrainingListener curve = (trainer, step) ->
                losses.add(new LossPoint((int) step.iteration(), step.loss(), step.softmax(), step.triplet()));
        Evaluation before;
        Model trained;
        try (StepProgress progress = new StepProgress(terminal);
                Training training = Training.builder(dataset, recipe)
                        .folder(out.resolve("run"))
                        .overwrite(true)
                        .listener(curve)
                        .listener(progress)
                        .open()) {
            Model untrained = training.start();
            terminal.say("2/4 how well an untrained network does");
            before = evaluate(untrained, dataset).evaluation().plain();
            terminal.say("3/4 training: %d identities, %d images, %d steps of %d x %d images"
                    .formatted(
                            untrained.spec().classes(),
                            dataset.train().size(),
                            recipe.iterations(),
                            recipe.p(),
                            recipe.k()));
            trained = training.run();
        }

        terminal.say("4/4 evaluating on %d people it never saw".formatted(people.ids()));
        Outcome after = evaluate(trained, dataset);
        lock.checkHeld();
        write(dataset, trained, losses, before, after);
        terminal.println(MetricsText.header());
        terminal.println(MetricsText.row("untrained", before.metrics()));
        terminal.println(MetricsText.row("trained", after.evaluation().metrics()));
        terminal.say(String.format(
                Locale.ROOT, "%.0f s; see %s", (System.nanoTime() - start) / 1e9, out.resolve(Report.PAGE)));
        return 0;
    }

    /** Returns the demo's recipe: a small network from scratch, in a few minutes on two cores. */
    private static Recipe recipe() throws IOException {
        try (var in = DemoCommand.class.getResourceAsStream("demo.yaml")) {
            if (in == null) {
                throw new IllegalStateException("demo.yaml is not on the class path");
            }
            return RecipeYaml.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "demo.yaml");
        }
    }

    /** An evaluation and the name of the engine that extracted its features. */
    private record Outcome(DatasetEvaluation evaluation, String engine) {}

    private Outcome evaluate(Model model, ReidDataset dataset) throws IOException {
        try (FeatureExtractor extractor =
                        FeatureExtractor.builder(model).batch(32).build();
                Progress progress = terminal.progress("images")) {
            EvaluationOptions options =
                    EvaluationOptions.builder().progress(progress::update).build();
            return new Outcome(
                    new Evaluator(DistanceMetric.EUCLIDEAN).evaluate(extractor, dataset, options),
                    extractor.engineName());
        }
    }

    private void write(ReidDataset dataset, Model trained, List<LossPoint> losses, Evaluation before, Outcome after)
            throws IOException {
        DatasetEvaluation evaluation = after.evaluation();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("data", "synthetic people, none of the test's in training");
        facts.put(
                "network",
                "MGN on ResNet-%d, width x%s, %dx%d"
                        .formatted(
                                trained.spec().backbone().depth(),
                                trained.spec().backbone().width(),
                                trained.spec().input().height(),
                                trained.spec().input().width()));
        facts.put("training", "%d steps of %d images".formatted(losses.size(), recipe.batchSize()));
        ReportBuilder page = Report.builder(evaluation)
                .title("mgn4j demo")
                .facts(facts)
                .name("trained")
                .compare("untrained", before.metrics())
                .loss(losses)
                .provenance("by", VersionProvider.version())
                .provenance("command", "mgn demo")
                .provenance("metric", "euclidean")
                .provenance("seeds", "training " + recipe.seed() + ", bootstrap 0")
                .provenance("engine", after.engine())
                .provenance(
                        "sizes",
                        dataset.train().size() + " training images, "
                                + dataset.query().size() + " queries, "
                                + dataset.gallery().size() + " gallery images")
                .model(out.resolve("run").resolve("model.safetensors"));
        try (FeatureExtractor extractor =
                FeatureExtractor.builder(trained).batch(32).build()) {
            page.occlusionMaps(OcclusionMaps.of(extractor));
            AttentionText.add(page, dataset, extractor);
        }
        try (OutputFiles files = new OutputFiles()) {
            files.writeString(
                    out.resolve("metrics.json"), evaluation.toJson().with("untrained", before.metrics()) + "\n");
            page.build().write(files, out);
            files.publish();
        }
    }
}
