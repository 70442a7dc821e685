package io.github.mgn4j.train;

import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.data.UnreadableImage;
import io.github.mgn4j.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A training run: a data set and a recipe become a trained model.
 *
 * <pre>{@code
 * Model model = Training.run(dataset, Recipe.market1501(), Path.of("run"));
 * }</pre>
 *
 * <p>{@link #builder} offers more: a model to start from, resuming, listeners, scores on a validation set, a program's
 * own objective or optimizer. Holds the run folder and the loader's threads until closed.
 *
 * <p>Used by one thread. Only {@link #requestStop} may be called by any thread.
 */
public final class Training implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Training.class);

    private final Recipe recipe;
    private final Model start;
    private final @Nullable Checkpoint checkpoint;
    private final DatasetBatches batches;
    private final @Nullable RunFolder folder;
    private final boolean ownsFolder;
    private final List<TrainingListener> listeners;
    private final TrainerBuilder trainers;
    private volatile @Nullable Trainer trainer;
    private volatile boolean stopRequested;
    private boolean started;

    private Training(TrainingBuilder setup, @Nullable RunFolder opened, Model start, @Nullable Checkpoint checkpoint)
            throws IOException {
        recipe = setup.recipe;
        this.start = start;
        this.checkpoint = checkpoint;
        // The batches come first, because they reject a recipe that does not suit the data before any folder is
        // changed.
        batches = setup.batches(recipe, start);
        trainers = setup.trainer(batches);
        ownsFolder = setup.run == null;
        folder = opened != null || setup.folder == null ? opened : RunFolder.create(setup.folder, setup.overwrite);
        listeners = new ArrayList<>();
        ModelEvaluator evaluator = setup.evaluator;
        if (folder != null) {
            setup.notes.forEach(folder::note);
            listeners.add(folder);
            if (evaluator != null) {
                folder.evaluator(evaluator);
            }
        } else if (evaluator != null) {
            listeners.add((t, step) -> score(evaluator, t, step));
        }
        listeners.addAll(setup.listeners);
        if (checkpoint != null && !isFinished()) {
            trainers.check(checkpoint);
        }
    }

    /**
     * Trains from the beginning to the end in a new run folder, and returns the trained model.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the folder contains an earlier run
     * @throws IllegalArgumentException if the data set and the recipe do not fit together
     * @throws DivergedException when a loss or a statistic of a batch norm is NaN or infinite
     * @throws IOException if an image cannot be read or the folder cannot be written
     */
    public static Model run(ReidDataset dataset, Recipe recipe, Path runFolder) throws IOException {
        try (Training training = builder(dataset, recipe).folder(runFolder).open()) {
            return training.run();
        }
    }

    /** Creates a builder. */
    public static TrainingBuilder builder(ReidDataset dataset, Recipe recipe) {
        return new TrainingBuilder(dataset, recipe);
    }

    static Training open(TrainingBuilder setup) throws IOException {
        Path path = setup.folder;
        RunFolder opened = setup.run;
        if (path != null && setup.resume && RunFolder.canResume(path)) {
            opened = RunFolder.resume(path);
        }
        try {
            Checkpoint checkpoint = opened == null ? null : opened.checkpoint().orElse(null);
            if (checkpoint != null) {
                setup.recipe.checkContinues(checkpoint.recipe());
            }
            Model start = checkpoint == null ? setup.startingModel() : checkpoint.model();
            return new Training(setup, opened, start, checkpoint);
        } catch (IOException | RuntimeException | Error e) {
            if (opened != null && opened != setup.run) {
                opened.close();
            }
            throw e;
        }
    }

    private static void score(ModelEvaluator evaluator, Trainer trainer, StepReport step) throws IOException {
        if (step.iteration() % trainer.recipe().cadence().evaluateEvery() == 0 || trainer.isFinished()) {
            log.info("score after step {}: {}", step.iteration(), evaluator.score(trainer.model(), step.iteration()));
        }
    }

    /** Returns the network that the training starts or continues from. */
    public Model start() {
        return start;
    }

    /** Returns the number of steps taken before this training: 0 unless a run is resumed. */
    public long iteration() {
        return checkpoint == null ? 0 : checkpoint.iteration();
    }

    /** Returns the number of steps of the whole recipe. */
    public int totalIterations() {
        return recipe.totalIterations(batches.iterationsPerEpoch());
    }

    /** Returns whether a resumed run has already taken all its steps and saved its model. */
    public boolean isFinished() {
        return folder != null && iteration() >= totalIterations() && Files.exists(folder.model());
    }

    /** Returns the training images that could not be read so far, if the recipe replaces them by others. */
    public List<UnreadableImage> skipped() {
        return batches.skipped();
    }

    /**
     * Asks {@link #run} to end after the current step, with a checkpoint if there is a run folder. May be called by any
     * thread, at any time.
     */
    public void requestStop() {
        stopRequested = true;
        Trainer current = trainer;
        if (current != null) {
            current.requestStop();
        }
    }

    /**
     * Takes the remaining steps and calls the listeners.
     *
     * @return the resulting network; fully trained unless {@linkplain #requestStop a stop was requested}
     * @throws DivergedException when a loss or a statistic of a batch norm is NaN or infinite
     * @throws IOException from the data, the run folder or a listener
     * @throws IllegalStateException if it was called before
     */
    public Model run() throws IOException {
        if (started) {
            throw new IllegalStateException("this training has run: open another");
        }
        started = true;
        if (isFinished()) {
            return start;
        }
        try (Trainer created = checkpoint == null ? trainers.start(start) : trainers.resume(checkpoint)) {
            trainer = created;
            if (stopRequested) {
                created.requestStop();
            }
            listeners.forEach(created::addListener);
            return created.run();
        } catch (IllegalArgumentException | IOException e) {
            if (folder != null && ownsFolder) {
                folder.discardWithoutSteps();
            }
            throw e;
        } finally {
            trainer = null;
        }
    }

    /**
     * Ends the loader's threads and closes the run folder, unless {@linkplain TrainingBuilder#folder(RunFolder) the
     * caller opened it}.
     */
    @Override
    public void close() throws IOException {
        batches.close();
        if (folder != null && ownsFolder) {
            if (started) {
                folder.close();
            } else {
                folder.discardWithoutSteps();
            }
        }
    }
}
