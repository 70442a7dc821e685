package io.github.mgn4j.study;

import com.google.gson.JsonObject;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.internal.io.FolderLock;
import io.github.mgn4j.internal.io.OutputFiles;
import io.github.mgn4j.train.StepReport;
import io.github.mgn4j.train.Trainer;
import io.github.mgn4j.train.Training;
import io.github.mgn4j.train.TrainingListener;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A study: trains the networks of each row once for each seed, on the same batches, evaluates them with and without
 * re-ranking, and writes one table.
 *
 * <pre>{@code
 * try (Study study = Study.builder(dataset, StudySuites.article(recipe)).folder(Path.of("study")).open()) {
 *     System.out.println(study.run().markdown());
 * }
 * }</pre>
 *
 * <p>The folder holds {@code study.csv}, {@code study.md} and {@code study.html}; {@code attention.csv}, if the data have masks;
 * {@code study.json}, the description that a
 * resumed study must agree with; {@code runs}, a {@linkplain io.github.mgn4j.train.RunFolder run folder} for each training;
 * and {@code results}, the scores of each row and seed. A study that was stopped or killed continues where it was; its results
 * are those of a study that never stopped, times aside. A network that several rows train alike is trained once.
 *
 * <p>Used by one thread. Only {@link #requestStop} may be called by any thread.
 */
public final class Study implements AutoCloseable {
    /** Name of the table as CSV. */
    public static final String CSV = "study.csv";

    /** Name of the table as Markdown. */
    public static final String MARKDOWN = "study.md";

    /** Name of the table of the branches' attention, which is there if the data have masks. */
    public static final String ATTENTION = "attention.csv";

    /** Name of the page. */
    public static final String PAGE = "study.html";

    private static final String DESCRIPTION = "study.json";
    private static final String RUNS = "runs";
    private static final String RESULTS = "results";

    private final StudyBuilder setup;
    private final List<StudyRow> rows;
    private final int iterations;
    private final @Nullable FolderLock lock;
    /** The name of each training's folder by what makes it the same training. */
    private final Map<String, String> runs = new LinkedHashMap<>();

    private volatile boolean stopRequested;
    private volatile @Nullable Training training;
    /** The folders of the trainings that are finished; several rows may share one. */
    private final Set<Path> taken = new HashSet<>();

    private Study(StudyBuilder setup, List<StudyRow> rows, int iterations, @Nullable FolderLock lock) {
        this.setup = setup;
        this.rows = rows;
        this.iterations = iterations;
        this.lock = lock;
        for (long seed : setup.seeds) {
            for (StudyRow row : rows) {
                for (int i = 0; i < row.networks().size(); i++) {
                    String part = row.networks().size() == 1 ? "" : "-" + (i + 1);
                    runs.putIfAbsent(
                            StudyDescription.key(seeded(row.networks().get(i), seed)),
                            row.fileName() + part + "-seed-" + seed);
                }
            }
        }
    }

    /** Creates a builder for a study of some rows on a data set. */
    public static StudyBuilder builder(ReidDataset dataset, List<StudyRow> rows) {
        return new StudyBuilder(dataset, rows);
    }

    static Study open(StudyBuilder setup) throws IOException {
        StudySetup checks = new StudySetup(setup.dataset, setup.iterations);
        StudySetup.checkSeeds(setup.seeds);
        StudySetup.checkGallery(setup.dataset, setup.reRanker);
        List<StudyRow> rows = checks.rows(setup.rows);
        int iterations = checks.iterations(rows.get(0).networks().get(0).recipe());
        Path folder = setup.folder;
        if (folder == null) {
            return new Study(setup, rows, iterations, null);
        }
        JsonObject description = StudyDescription.of(setup.dataset, rows, setup.seeds, setup.reRanker);
        Path file = folder.resolve(DESCRIPTION);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new FileAlreadyExistsException(
                    folder.toString(), null, "a folder for the study expected, found a file");
        }
        if (Files.exists(file)) {
            if (!setup.resume) {
                throw new FileAlreadyExistsException(
                        file.toString(), null, "belongs to an earlier study: resume it, or name another folder");
            }
            StudyDescription.check(file, description);
        } else {
            for (String name : List.of(CSV, MARKDOWN, ATTENTION, PAGE, RUNS, RESULTS)) {
                if (Files.exists(folder.resolve(name))) {
                    throw new FileAlreadyExistsException(
                            folder.resolve(name).toString(), null, "exists already; name another folder");
                }
            }
        }
        Files.createDirectories(folder);
        FolderLock lock = FolderLock.acquire(folder);
        try {
            if (!Files.exists(file)) {
                StudyDescription.write(file, description);
            }
            return new Study(setup, rows, iterations, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static StudyNetwork seeded(StudyNetwork network, long seed) {
        return network.withRecipe(recipe -> recipe.toBuilder().seed(seed).build());
    }

    /** Returns what the study will do. Needs no folder. */
    public StudyPlan plan() {
        return new StudyPlan(rows, setup.seeds, iterations, runs.size());
    }

    /**
     * Returns the estimated time of all trainings in seconds, from a few steps of each network on this machine, as the {@link
     * io.github.mgn4j.train.DryRun} of a training. Evaluation is not counted. Needs no folder.
     *
     * @throws IOException if an image cannot be read
     */
    public double estimateSeconds() throws IOException {
        Map<String, Double> perStep = new HashMap<>();
        for (StudyRow row : rows) {
            for (StudyNetwork network : row.networks()) {
                String key = StudyDescription.key(seeded(network, setup.seeds.get(0)));
                if (!perStep.containsKey(key)) {
                    perStep.put(key, secondsPerStep(network));
                }
            }
        }
        double sum = perStep.values().stream().mapToDouble(Double::doubleValue).sum();
        return sum * iterations * setup.seeds.size();
    }

    private double secondsPerStep(StudyNetwork network) throws IOException {
        return Training.builder(setup.dataset, network.recipe())
                        .spec(network.spec())
                        .objective(spec -> network.usedObjective())
                        .dryRun(List.of())
                        .step()
                        .toNanos()
                / 1e9;
    }

    /** Asks {@link #run} to end after the current step or evaluation. May be called by any thread, at any time. */
    public void requestStop() {
        stopRequested = true;
        Training current = training;
        if (current != null) {
            current.requestStop();
        }
    }

    /** Returns whether all rows have their results for all seeds. */
    public boolean isFinished() {
        return setup.seeds.stream()
                .allMatch(seed -> rows.stream().allMatch(row -> Files.exists(resultFile(row, seed))));
    }

    /**
     * Takes what is left of the study and writes its tables. They are written after each row, too; the page at the end.
     *
     * @return the table; without the rows that are left if a stop was requested
     * @throws IOException if an image cannot be read or the folder cannot be written
     * @throws IllegalStateException if the study has no folder
     */
    public StudyTable run() throws IOException {
        taken.clear();
        for (long seed : setup.seeds) {
            for (StudyRow row : rows) {
                if (!run(row, seed)) {
                    return table();
                }
            }
        }
        StudyTable table = table();
        try (OutputFiles files = new OutputFiles()) {
            write(files, table);
            files.writeString(
                    folder().resolve(PAGE), new StudyPageWriter(setup.dataset, table, this::run, facts()).page());
            checkHeld();
            files.publish();
        }
        return table;
    }

    private boolean run(StudyRow row, long seed) throws IOException {
        List<Path> models = new ArrayList<>();
        String diverged = null;
        for (StudyNetwork network : row.networks()) {
            StudyRun run = run(network, seed);
            if (stopRequested || !run.train(setup.dataset, steps(row.name() + ", seed " + seed), this::opened)) {
                return false;
            }
            training = null;
            taken.add(run.folder());
            models.add(run.model());
            if (diverged == null && run.diverged() != null) {
                diverged = run.diverged();
            }
        }
        Path file = resultFile(row, seed);
        if (!Files.exists(file)) {
            if (stopRequested) {
                return false;
            }
            setup.listener.progress(new StudyListener.Progress(
                    row.name() + ", seed " + seed + ": evaluation", Double.NaN, done(), total()));
            ResultJson.Scores scores = diverged != null
                    ? ResultJson.Scores.diverged(diverged)
                    : new RowEvaluation(setup.dataset, setup.reRanker).evaluate(models, row.normalise());
            checkHeld();
            ResultJson.write(file, scores);
            try (OutputFiles files = new OutputFiles()) {
                write(files, table());
                files.publish();
            }
        }
        return true;
    }

    private void opened(Training opened) {
        training = opened;
        if (stopRequested) {
            opened.requestStop();
        }
    }

    private TrainingListener steps(String what) {
        return new TrainingListener() {
            @Override
            public void onStep(Trainer trainer, StepReport step) throws IOException {
                checkHeld();
                setup.listener.progress(
                        new StudyListener.Progress(what, step.loss(), done() + step.iteration(), total()));
            }
        };
    }

    private long done() {
        return (long) taken.size() * iterations;
    }

    private long total() {
        return (long) runs.size() * iterations;
    }

    /** Returns the training of a network for a seed. */
    StudyRun run(StudyNetwork network, long seed) {
        StudyNetwork seeded = seeded(network, seed);
        String name = runs.get(StudyDescription.key(seeded));
        return new StudyRun(folder().resolve(RUNS).resolve(String.valueOf(name)), seeded);
    }

    private Path resultFile(StudyRow row, long seed) {
        return folder().resolve(RESULTS).resolve(row.fileName() + "-seed-" + seed + ".json");
    }

    /**
     * Returns the table of the results so far.
     *
     * @throws IOException if a result cannot be read
     * @throws IllegalStateException if the study has no folder
     */
    public StudyTable table() throws IOException {
        List<StudyResult> results = new ArrayList<>();
        for (StudyRow row : rows) {
            for (long seed : setup.seeds) {
                Path file = resultFile(row, seed);
                if (Files.exists(file)) {
                    results.add(result(row, seed, ResultJson.read(file)));
                }
            }
        }
        return new StudyTable(rows, results);
    }

    private StudyResult result(StudyRow row, long seed, ResultJson.Scores scores) throws IOException {
        double seconds = 0;
        for (StudyNetwork network : row.networks()) {
            seconds += run(network, seed).seconds();
        }
        return new StudyResult(
                row.name(),
                seed,
                scores.diverged(),
                scores.plain(),
                scores.reRanked(),
                scores.lists(),
                scores.attention(),
                row.parameters(),
                row.macs(),
                seconds);
    }

    private void write(OutputFiles files, StudyTable table) throws IOException {
        files.writeString(folder().resolve(CSV), table.csv());
        if (table.hasAttention()) {
            files.writeString(folder().resolve(ATTENTION), table.attentionCsv());
        }
        StringBuilder text = new StringBuilder(table.markdown()).append('\n');
        facts().forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
        files.writeString(folder().resolve(MARKDOWN), text.toString());
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        StudyNetwork first = rows.get(0).networks().get(0);
        facts.put("Seeds", setup.seeds.toString().replaceAll("[\\[\\]]", ""));
        facts.put(
                "Training",
                "%d steps of %d images (%d identities with %d each), the same batches for every row of a seed"
                        .formatted(
                                iterations,
                                first.recipe().batchSize(),
                                first.recipe().p(),
                                first.recipe().k()));
        facts.put(
                "Data",
                "%d training images, %d queries, %d gallery images"
                        .formatted(
                                setup.dataset.train().size(),
                                setup.dataset.query().size(),
                                setup.dataset.gallery().size()));
        facts.put(
                "Re-ranking",
                "k1 %d, k2 %d, lambda %s".formatted(setup.reRanker.k1(), setup.reRanker.k2(), setup.reRanker.lambda()));
        facts.put("Figures", "percent; mean and sample standard deviation over the seeds");
        return facts;
    }

    private Path folder() {
        if (setup.folder == null) {
            throw new IllegalStateException("the study has no folder to be run in");
        }
        return setup.folder;
    }

    private void checkHeld() throws IOException {
        if (lock != null) {
            lock.checkHeld();
        }
    }

    /** Unlocks the folder. The files stay. */
    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }
}
