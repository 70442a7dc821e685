package io.github.mgn4j.cli;

import io.github.mgn4j.data.IdentityIndex;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.train.Checkpoint;
import io.github.mgn4j.train.DatasetBatches;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.StepReport;
import io.github.mgn4j.train.Trainer;
import io.github.mgn4j.train.TrainingListener;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** A training run with its progress on the terminal. */
final class Training {
    /** Resized images are kept up to this: a quarter of the heap. */
    private static final long CACHE_BYTES = Runtime.getRuntime().maxMemory() / 4;

    private Training() {}

    /** Number of identities in the training images. */
    static int classes(ReidDataset dataset) {
        return IdentityIndex.of(dataset.requireTrain()).classes();
    }

    /** The batches that a recipe wants of a data set, for a network. */
    static DatasetBatches batches(Model start, Recipe recipe, ReidDataset dataset) {
        Preprocessor preprocessor = new Preprocessor(start.spec().input(), Resampling.BILINEAR);
        return new DatasetBatches(dataset.requireTrain(), recipe, preprocessor, Layout.NHWC, CACHE_BYTES);
    }

    /** Trains from the beginning to the end. */
    static Model run(
            Model start,
            Recipe recipe,
            DatasetBatches batches,
            Terminal terminal,
            List<? extends TrainingListener> others)
            throws IOException {
        try (Trainer trainer = new Trainer(start, recipe, batches)) {
            return run(trainer, recipe, terminal, others);
        }
    }

    /** Trains from a checkpoint to the end. */
    static Model resume(
            Checkpoint checkpoint,
            Recipe recipe,
            DatasetBatches batches,
            Terminal terminal,
            List<? extends TrainingListener> others)
            throws IOException {
        try (Trainer trainer = Trainer.resume(checkpoint, recipe, batches)) {
            return run(trainer, recipe, terminal, others);
        }
    }

    private static Model run(Trainer trainer, Recipe recipe, Terminal terminal, List<? extends TrainingListener> others)
            throws IOException {
        try (Progress progress = terminal.progress("steps")) {
            long first = trainer.iteration() + 1;
            progress.startAt(trainer.iteration());
            others.forEach(trainer::addListener);
            trainer.addListener((t, step) -> {
                if (step.iteration() == first) { // not before a call that is refused
                    recipe.warnings().forEach(terminal::say);
                }
                progress.update(step.iteration(), t.totalIterations(), details(step));
            });
            return trainer.run();
        }
    }

    /** The most important first: a short line ends without the last. */
    private static List<String> details(StepReport step) {
        return List.of(
                String.format(Locale.ROOT, "loss %.3f", step.loss()),
                String.format(Locale.ROOT, "lr %.4g", step.lr()),
                String.format(Locale.ROOT, "%.1f images/s", step.imagesPerSecond()),
                String.format(Locale.ROOT, "softmax %.3f", step.softmax()),
                String.format(Locale.ROOT, "triplet %.3f", step.triplet()));
    }
}
