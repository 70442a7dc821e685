package io.github.mgn4j.train;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.internal.io.FolderLock;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a training run, and the listener that writes its files:
 *
 * <ul>
 *   <li>{@code recipe.yaml}: the recipe as used;
 *   <li>{@code log.csv}: one row per step, read by {@link StepLog};
 *   <li>{@code checkpoint-ITERATION.safetensors}: written before the first step, every {@link Cadence#checkpointEvery()}
 *       steps, when the training is stopped and when it ends; only the latest complete one is kept;
 *   <li>{@code evaluation.csv} and {@code best.safetensors}: the scores of an {@link #evaluator}, every {@link
 *       Cadence#evaluateEvery()} steps and at the end, and the model with the best so far;
 *   <li>{@code model.safetensors}: the trained model, at the end.
 * </ul>
 *
 * <p>Models and checkpoints are written atomically, even if the process is killed. A {@linkplain #resume resumed} run
 * leaves the same files as a run that never stopped.
 */
public final class RunFolder implements TrainingListener, AutoCloseable {
    /** Name of the trained model. */
    public static final String MODEL = "model.safetensors";

    /** Name of the model with the best score. */
    public static final String BEST = "best.safetensors";

    /** Name of the table of steps. */
    public static final String LOG = "log.csv";

    /** Name of the table of scores. */
    public static final String EVALUATION = "evaluation.csv";

    /** Name of the recipe as used. */
    public static final String RECIPE = "recipe.yaml";

    /** Beginning of the names of checkpoints. */
    public static final String CHECKPOINT = "checkpoint-";

    /** First line of the table of scores. */
    public static final String EVALUATION_HEADER = "iteration,score";

    private static final Set<String> NAMES = Set.of(MODEL, BEST, LOG, EVALUATION, RECIPE);
    private static final String BEST_SCORE = "best_score";

    private final Path folder;
    private final FolderLock lock;
    private final RunCheckpoints checkpoints;
    private final RunCheckpoints.@Nullable Saved resumed;
    private final Map<String, String> notes = new LinkedHashMap<>();
    private @Nullable ModelEvaluator evaluator;
    private double bestScore = Double.NEGATIVE_INFINITY;
    private @Nullable RunLog steps;
    private @Nullable RunLog scores;
    private long lastSaved = -1;
    private boolean isNew;
    private boolean hasSteps;

    private RunFolder(Path folder, FolderLock lock, RunCheckpoints.@Nullable Saved resumed) {
        this.folder = folder;
        this.lock = lock;
        this.resumed = resumed;
        checkpoints = new RunCheckpoints(folder);
        if (resumed != null) {
            notes.putAll(resumed.checkpoint().notes());
            bestScore = Double.parseDouble(notes.getOrDefault(BEST_SCORE, "-Infinity"));
            lastSaved = resumed.checkpoint().iteration();
        }
    }

    /**
     * Creates the folder of a new run if it is missing, and locks it until {@link #close}.
     *
     * @param overwrite whether the files of an earlier run may be removed
     * @throws FileAlreadyExistsException if there are files of an earlier run and {@code overwrite} is false
     * @throws java.nio.file.FileSystemException if another process, or another run of this one, has locked the folder
     */
    public static RunFolder create(Path folder, boolean overwrite) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new FileAlreadyExistsException(
                    folder.toString(), null, "a folder for the run expected, found a file");
        }
        boolean isNew = !Files.exists(folder);
        Files.createDirectories(folder);
        FolderLock lock;
        try {
            lock = FolderLock.acquire(folder);
        } catch (IOException e) {
            if (isNew) {
                Files.deleteIfExists(folder);
            }
            throw e;
        }
        try {
            removeUnfinished(folder);
            List<Path> earlier = filesOfARun(folder);
            if (!earlier.isEmpty() && !overwrite) {
                throw new FileAlreadyExistsException(earlier.get(0).toString(), null, "belongs to an earlier run");
            }
            for (Path file : earlier) {
                Files.delete(file);
            }
            RunFolder run = new RunFolder(folder, lock, null);
            run.isNew = isNew;
            return run;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Returns whether a folder contains a checkpoint, so that its run can be resumed. */
    public static boolean canResume(Path folder) throws IOException {
        return !new RunCheckpoints(folder).list().isEmpty();
    }

    /**
     * Opens the folder of a run that was stopped or killed, to continue from its last checkpoint, and locks it until
     * {@link #close}.
     *
     * @throws java.nio.file.NoSuchFileException if there is no checkpoint
     * @throws java.nio.file.FileSystemException if another process, or another run of this one, has locked the folder
     * @throws io.github.mgn4j.model.WeightsException if no checkpoint can be read
     */
    public static RunFolder resume(Path folder) throws IOException {
        FolderLock lock = FolderLock.acquire(folder);
        try {
            RunFolder run = new RunFolder(folder, lock, new RunCheckpoints(folder).latest());
            removeUnfinished(folder);
            return run;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Removes files that a killed process left incomplete. */
    private static void removeUnfinished(Path folder) throws IOException {
        List<Path> parts;
        try (Stream<Path> files = Files.list(folder)) {
            parts = files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith(".")
                                && name.endsWith(".part")
                                && (name.startsWith(CHECKPOINT, 1)
                                        || NAMES.stream().anyMatch(n -> name.startsWith(n, 1)));
                    })
                    .toList();
        }
        for (Path part : parts) {
            Files.deleteIfExists(part);
        }
    }

    private static List<Path> filesOfARun(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return NAMES.contains(name) || name.startsWith(CHECKPOINT);
                    })
                    .sorted()
                    .toList();
        }
    }

    /** Returns the path of the trained model, which is written at the end. */
    public Path model() {
        return folder.resolve(MODEL);
    }

    /** Returns the path of the model with the best score. */
    public Path best() {
        return folder.resolve(BEST);
    }

    /** Returns the path of the table of steps. */
    public Path log() {
        return folder.resolve(LOG);
    }

    /** Returns the checkpoint that a resumed run continues from; empty for a new run. */
    public Optional<Checkpoint> checkpoint() {
        return Optional.ofNullable(resumed).map(RunCheckpoints.Saved::checkpoint);
    }

    /** Stores a text in the run's checkpoints for a later resume, such as the location of the data. */
    public void note(String name, String text) {
        notes.put(name, text);
    }

    /** Returns a {@linkplain #note(String, String) stored} text by its name. */
    public Optional<String> note(String name) {
        return Optional.ofNullable(notes.get(name));
    }

    /**
     * Sets the evaluator, which scores the network every {@link Cadence#evaluateEvery()} steps and at the end. Must be
     * called before the run.
     */
    public void evaluator(ModelEvaluator value) {
        evaluator = value;
    }

    @Override
    public void onStart(Trainer trainer) throws IOException {
        if (resumed != null) {
            trainer.checkpointSaved(resumed.file());
        } else if (trainer.recipe().cadence().checkpointEvery() > 0) {
            save(trainer); // from here on the run can be resumed
        }
        RecipeYaml.write(folder.resolve(RECIPE), trainer.recipe(), trainer.ownParts());
        steps = RunLog.open(log(), StepLog.HEADER, trainer.iteration());
        if (evaluates(trainer)) {
            scores = RunLog.open(folder.resolve(EVALUATION), EVALUATION_HEADER, trainer.iteration());
        }
    }

    @Override
    public void onStep(Trainer trainer, StepReport step) throws IOException {
        hasSteps = true;
        lock.checkHeld();
        if (steps != null) {
            steps.row(StepLog.row(step));
        }
        if (evaluates(trainer)
                && (step.iteration() % trainer.recipe().cadence().evaluateEvery() == 0 || trainer.isFinished())) {
            evaluate(trainer);
        }
        int every = trainer.recipe().cadence().checkpointEvery();
        if (every > 0 && step.iteration() % every == 0 && !trainer.isFinished()) {
            save(trainer);
        }
    }

    private boolean evaluates(Trainer trainer) {
        return evaluator != null && trainer.recipe().cadence().evaluateEvery() > 0;
    }

    private void evaluate(Trainer trainer) throws IOException {
        if (evaluator == null || scores == null) {
            return;
        }
        Model model = trainer.model();
        double score = evaluator.score(model, trainer.iteration());
        scores.row(trainer.iteration() + "," + score);
        if (score > bestScore) {
            bestScore = score;
            notes.put(BEST_SCORE, String.valueOf(score));
            lock.checkHeld();
            ModelFile.save(best(), model);
        }
    }

    private void save(Trainer trainer) throws IOException {
        lock.checkHeld();
        checkpoints.save(trainer, notes);
        lastSaved = trainer.iteration();
    }

    @Override
    public void onStop(Trainer trainer) throws IOException {
        hasSteps = true; // true even before the first step, because this run is to be resumed
        closeTables();
        if (lastSaved != trainer.iteration()) {
            save(trainer);
        }
    }

    @Override
    public void onEnd(Trainer trainer) throws IOException {
        onStop(trainer);
        lock.checkHeld();
        ModelFile.save(model(), trainer.model());
    }

    /** Closes a new run and removes its files if no step was taken, for example because its data could not be read. */
    public void discardWithoutSteps() throws IOException {
        try (this) {
            closeTables();
            if (resumed != null || hasSteps || !lock.isHeld()) {
                return;
            }
            for (Path file : filesOfARun(folder)) {
                Files.delete(file);
            }
        }
        if (isNew) {
            Files.deleteIfExists(folder);
        }
    }

    /** Closes the tables and unlocks the folder. The files stay. */
    @Override
    public void close() throws IOException {
        try (lock) {
            closeTables();
        }
    }

    private void closeTables() throws IOException {
        if (steps != null) {
            steps.close();
            steps = null;
        }
        if (scores != null) {
            scores.close();
            scores = null;
        }
    }
}
