package io.github.mgn4j.train;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.mgn4j.data.Augmentation;
import io.github.mgn4j.data.IdentityIndex;
import io.github.mgn4j.data.PublishedCounts;
import io.github.mgn4j.data.ReidDataset;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.WeightInit;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Training}. By default it trains the recipe's network with fresh weights, without a run folder. Not
 * thread-safe.
 */
public final class TrainingBuilder {
    final ReidDataset dataset;
    final Recipe recipe;
    final List<TrainingListener> listeners = new ArrayList<>();
    final Map<String, Augmentation> augmentations = new LinkedHashMap<>();
    final Map<String, String> notes = new LinkedHashMap<>();

    @Nullable
    Path folder;

    @Nullable
    RunFolder run;

    boolean overwrite;
    boolean resume;

    @Nullable
    ModelEvaluator evaluator;

    long cacheBytes = Runtime.getRuntime().maxMemory() / 4;
    private @Nullable Model start;
    private @Nullable MgnSpec spec;
    private @Nullable Function<MgnSpec, Objective> objective;
    private @Nullable Function<ParameterGroups, Optimizer> optimizer;

    TrainingBuilder(ReidDataset dataset, Recipe recipe) {
        this.dataset = dataset;
        this.recipe = recipe;
    }

    /**
     * Sets the model to start from. Its classifiers are kept if their number of classes is the data's; otherwise the
     * network gets new ones. A resumed run continues from its checkpoint instead.
     */
    @CanIgnoreReturnValue
    public TrainingBuilder start(Model model) {
        start = model;
        return this;
    }

    /**
     * Sets the network to train from fresh weights, instead of the recipe's. Its number of classes is replaced by the
     * data's.
     */
    @CanIgnoreReturnValue
    public TrainingBuilder spec(MgnSpec network) {
        spec = network;
        return this;
    }

    /** Sets the folder of the run, created if it is missing. {@link RunFolder} describes its files. */
    @CanIgnoreReturnValue
    public TrainingBuilder folder(Path path) {
        folder = path;
        run = null;
        return this;
    }

    /**
     * Sets a run folder that the caller opened and will close. If it was opened by {@link RunFolder#resume}, the run is
     * resumed.
     */
    @CanIgnoreReturnValue
    public TrainingBuilder folder(RunFolder open) {
        run = open;
        folder = null;
        return this;
    }

    /** Sets whether the files of an earlier run in the folder may be removed. The default is false. */
    @CanIgnoreReturnValue
    public TrainingBuilder overwrite(boolean allowed) {
        overwrite = allowed;
        return this;
    }

    /**
     * Sets whether to resume the run from the last checkpoint in its folder. Without a checkpoint the run starts from
     * the beginning. The default is false.
     */
    @CanIgnoreReturnValue
    public TrainingBuilder resume(boolean enabled) {
        resume = enabled;
        return this;
    }

    /** Stores a text in the run's checkpoints, for {@link RunFolder#note(String)} after a resume. */
    @CanIgnoreReturnValue
    public TrainingBuilder note(String name, String text) {
        notes.put(name, text);
        return this;
    }

    /**
     * Adds a listener. Listeners are called in the order of addition, after the run folder's own. Progress is {@code
     * (trainer, step) -> show(step.iteration(), trainer.totalIterations())}.
     */
    @CanIgnoreReturnValue
    public TrainingBuilder listener(TrainingListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Sets the evaluator, which scores the network every {@link Cadence#evaluateEvery()} steps and at the end, for
     * example on a validation set. The run folder keeps the scores and the best model; without a folder the scores are
     * logged.
     */
    @CanIgnoreReturnValue
    public TrainingBuilder evaluator(ModelEvaluator value) {
        evaluator = value;
        return this;
    }

    /** Sets the memory for resized images, in bytes. The default is a quarter of the heap. */
    @CanIgnoreReturnValue
    public TrainingBuilder cacheBytes(long bytes) {
        cacheBytes = bytes;
        return this;
    }

    /** Sets a function that creates the objective; see {@link TrainerBuilder#objective}. */
    @CanIgnoreReturnValue
    public TrainingBuilder objective(Function<MgnSpec, Objective> value) {
        objective = value;
        return this;
    }

    /** Sets a function that creates the optimizer; see {@link TrainerBuilder#optimizer}. */
    @CanIgnoreReturnValue
    public TrainingBuilder optimizer(Function<ParameterGroups, Optimizer> value) {
        optimizer = value;
        return this;
    }

    /**
     * Adds an augmentation under a name for the recipe's {@link Sampling#augment()}, which decides the order.
     *
     * @param name lower-case letters, digits and hyphens; not a name of the library's augmentations
     */
    @CanIgnoreReturnValue
    public TrainingBuilder augmentation(String name, Augmentation augmentation) {
        augmentations.put(name, augmentation);
        return this;
    }

    /**
     * Opens the run folder and prepares to load images. {@link Training#run} then trains.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the folder contains an earlier run that may not be
     *     overwritten
     * @throws java.nio.file.FileSystemException if another training has locked the folder
     * @throws IllegalArgumentException if data set, recipe, network and the run to be resumed do not fit together
     */
    public Training open() throws IOException {
        checkStart();
        RecipeException.check(
                evaluator == null || recipe.cadence().evaluateEvery() > 0,
                "evaluate-every is 0, so the evaluator would never be called: set it to a number of iterations");
        return Training.open(this);
    }

    /**
     * Checks data set, recipe and network, and estimates what the training would take: a few steps of a few images are run
     * and discarded. Trains nothing and writes no file; folder, listeners, evaluator and notes have no effect.
     *
     * @param published the counts to compare the data set with, {@code DatasetFormat.published()}; may be empty
     * @throws IllegalArgumentException if data set, recipe and network do not fit together
     * @throws IOException if an image cannot be read
     */
    public DryRun dryRun(List<PublishedCounts> published) throws IOException {
        checkStart();
        return DryRun.of(this, published);
    }

    private void checkStart() {
        RecipeException.check(
                start == null || spec == null, "a training starts from a model or a network's spec, not from both");
    }

    Model startingModel() {
        int classes = IdentityIndex.of(dataset.requireTrain()).classes();
        if (start != null) {
            return StartingWeights.from(start, classes, recipe.seed());
        }
        return spec == null
                ? StartingWeights.fresh(recipe, classes)
                : WeightInit.initialise(spec.toBuilder().classes(classes).build(), recipe.seed());
    }

    /** Returns the batches of a recipe, as the network of a model takes them. */
    DatasetBatches batches(Recipe used, Model model) {
        return new DatasetBatches(
                dataset.requireTrain(),
                used,
                new Preprocessor(model.spec().input(), model.preprocessing()),
                Layout.NHWC,
                cacheBytes,
                augmentations);
    }

    TrainerBuilder trainer(BatchSource batches) {
        return trainer(recipe, batches);
    }

    /** Returns a builder of trainers with this builder's own parts. */
    TrainerBuilder trainer(Recipe used, BatchSource batches) {
        TrainerBuilder trainer = Trainer.builder(used, batches);
        if (objective != null) {
            trainer.objective(objective);
        }
        if (optimizer != null) {
            trainer.optimizer(optimizer);
        }
        return trainer;
    }
}
