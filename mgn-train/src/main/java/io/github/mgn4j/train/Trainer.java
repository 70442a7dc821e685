package io.github.mgn4j.train;

import com.google.common.collect.Maps;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.samediff.internal.TrainingGraph;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a network: each step runs one batch forward and backward, lets the optimizer change the weights, and moves the
 * running statistics of the batch norms (momentum 0.1, unbiased variance). Holds native memory until closed.
 *
 * <p>Not thread-safe: one thread makes, steps and closes it; {@link #requestStop} alone may come from any.
 */
public final class Trainer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Trainer.class);

    private final Recipe recipe;
    private final BatchSource data;
    private final MgnSpec spec;
    private final DataType type;
    private final TrainableWeights weights;
    private final Gradients gradients;
    private final Optimizer optimizer;
    private final Map<String, String> ownParts;
    private final Set<String> backbone;
    private final List<TrainingListener> listeners = new ArrayList<>();
    private final int batchLength;
    private long iteration;
    private @Nullable Path lastCheckpoint;
    private volatile boolean stopRequested;

    /**
     * Creates a trainer with the recipe's objective and optimizer.
     *
     * @param start the weights to start from; its classes have to be the data's
     */
    public Trainer(Model start, Recipe recipe, BatchSource data) {
        this(start, builder(recipe, data));
    }

    Trainer(Model start, TrainerBuilder parts) {
        recipe = parts.recipe;
        data = parts.data;
        type = parts.type;
        spec = start.spec();
        RecipeException.check(
                data.classes() == spec.classes(),
                "the network has classifiers for %s identities, the data has %s",
                spec.classes(),
                data.classes());
        RecipeException.check(
                recipe.microBatch() == 0 || data.batchSize() % recipe.microBatch() == 0,
                "micro-batch must be a divisor of the batch's %s images, not %s",
                data.batchSize(),
                recipe.microBatch());
        Objective objective = parts.objectiveFor(spec);
        objective.check(spec, data.batchSize());
        optimizer = parts.optimizerFor(spec); // before there is native memory that would be lost if it fails
        ownParts = parts.ownParts(objective, optimizer);
        boolean whole = recipe.microBatch() == 0 || recipe.microBatch() == data.batchSize();
        int atOnce = whole ? data.batchSize() : recipe.microBatch();
        TrainingGraph graph = TrainingGraph.of(start, atOnce, data.layout(), type);
        weights = new TrainableWeights(graph, start, type);
        Set<String> parameters = weights.trainable().keySet();
        gradients = whole
                ? new WholeBatch(graph, objective, parameters)
                : new MicroBatches(graph, objective, data.batchSize(), parameters);
        backbone = NetworkSummary.of(spec).parameters().stream()
                .filter(p -> p.section() == Parameter.Section.BACKBONE)
                .map(Parameter::name)
                .collect(Collectors.toSet());
        batchLength = Math.multiplyExact(
                data.batchSize(), 3 * spec.input().height() * spec.input().width());
        log.debug("objective:\n{}", objective.table());
    }

    /** Creates a builder, for parts of a program's own. */
    public static TrainerBuilder builder(Recipe recipe, BatchSource data) {
        return new TrainerBuilder(recipe, data);
    }

    /** Creates a trainer that goes on from a checkpoint with the recipe's parts, see {@link TrainerBuilder#resume}. */
    public static Trainer resume(Checkpoint checkpoint, Recipe recipe, BatchSource data) {
        return builder(recipe, data).resume(checkpoint);
    }

    /** Takes over all but the weights. */
    void restore(Checkpoint checkpoint) {
        checkpoint.checkParts(ownParts);
        Map<String, INDArray> state = new OptimizerTensors(spec).toArrays(checkpoint.optimizerState(), type);
        optimizer.restore(checkpoint.optimizerSteps(), state);
        state.values().forEach(NdArrays::close);
        if (checkpoint.threads() != 0 && checkpoint.threads() != NdArrays.threads()) {
            log.warn(
                    "the run was on {} threads and goes on with {}: its weights will differ in their last digits from"
                            + " those of a run that never stopped (OMP_NUM_THREADS={} in the environment prevents it)",
                    checkpoint.threads(),
                    NdArrays.threads(),
                    checkpoint.threads());
        }
        iteration = checkpoint.iteration();
        data.seek(iteration);
    }

    /** Registers a listener. */
    public void addListener(TrainingListener listener) {
        listeners.add(listener);
    }

    public Recipe recipe() {
        return recipe;
    }

    /** Returns what is not the recipe's, see {@link Checkpoint#ownParts()}. */
    Map<String, String> ownParts() {
        return ownParts;
    }

    public MgnSpec spec() {
        return spec;
    }

    /** Steps taken. */
    public long iteration() {
        return iteration;
    }

    /** Steps of the whole recipe. */
    public int totalIterations() {
        return recipe.totalIterations(data.iterationsPerEpoch());
    }

    /**
     * A copy of the weights as they are, running statistics included.
     *
     * @throws DivergedException if one is NaN or infinite
     */
    public Model model() {
        Map<String, Tensor> tensors = weights.tensors();
        checkFinite(tensors);
        return new Model(spec, Weights.of(tensors));
    }

    /**
     * A copy of the whole state.
     *
     * @param notes what the application wants to find in it again
     * @throws DivergedException if it holds anything NaN or infinite: a checkpoint is always one to go on from
     */
    public Checkpoint checkpoint(Map<String, String> notes) {
        Checkpoint checkpoint = new Checkpoint(
                model(),
                recipe,
                iteration,
                optimizer.steps(),
                new OptimizerTensors(spec).toTensors(optimizer.state(), weights.trainable()),
                data.fingerprint(),
                NdArrays.threads(),
                ownParts,
                notes);
        checkFinite(checkpoint.optimizerState());
        return checkpoint;
    }

    /** Records where the last checkpoint was saved, for {@link DivergedException} to name. */
    public void checkpointSaved(Path file) {
        lastCheckpoint = file;
    }

    /**
     * Asks {@link #run} to end after the step it is taking; listeners' {@link TrainingListener#onStop} is called then. May be
     * called by any thread, at any time.
     */
    public void requestStop() {
        stopRequested = true;
    }

    /** Whether the recipe has been followed to its end. */
    public boolean isFinished() {
        return iteration >= totalIterations();
    }

    /**
     * Takes all the steps that are left of the recipe, and tells the listeners.
     *
     * @return the network as it is then; trained to the end unless {@linkplain #requestStop a stop was asked for}
     * @throws DivergedException when a loss is NaN or infinite
     * @throws IOException from the data or a listener
     */
    public Model run() throws IOException {
        for (TrainingListener listener : listeners) {
            listener.onStart(this);
        }
        while (!isFinished() && !stopRequested) {
            StepReport report = step();
            for (TrainingListener listener : listeners) {
                listener.onStep(this, report);
            }
        }
        boolean finished = isFinished();
        for (TrainingListener listener : listeners) {
            if (finished) {
                listener.onEnd(this);
            } else {
                listener.onStop(this);
            }
        }
        return model();
    }

    /**
     * Takes one step; listeners are not told.
     *
     * @throws DivergedException when a loss, or the norm of gradients to be clipped, is NaN or infinite; the weights are
     *     unchanged then
     * @throws IOException from the data
     */
    public StepReport step() throws IOException {
        long start = System.nanoTime();
        Gradients.Losses losses = gradients.losses(next());
        checkFinite(losses);
        double lr = recipe.schedule().at(iteration, data.iterationsPerEpoch(), totalIterations());
        Map<String, INDArray> found = gradients.gradients(weights::updateStatistics);
        if (iteration < recipe.parameters().freezeBackbone()) {
            found = Maps.filterKeys(found, name -> !backbone.contains(name));
        }
        clip(found);
        optimizer.step(weights.trainable(), found, lr);
        int epoch = (int) (iteration / data.iterationsPerEpoch()) + 1;
        iteration++;
        return new StepReport(
                epoch,
                iteration,
                losses.total(),
                losses.softmax(),
                losses.triplet(),
                losses.terms(),
                lr,
                data.batchSize() * 1e9 / Math.max(1, System.nanoTime() - start));
    }

    private void clip(Map<String, INDArray> found) {
        if (recipe.clipNorm() > 0) {
            double norm = NdArrays.clip(found.values(), recipe.clipNorm());
            if (!Double.isFinite(norm)) {
                throw DivergedException.gradients(iteration + 1, norm, lastCheckpoint);
            }
        }
    }

    /**
     * Where the time goes: nanoseconds of one more run forward and backward by kind of operation, the slowest first. Changes
     * nothing. With micro-batches, of one of them.
     *
     * @throws IllegalStateException before the first step
     */
    public Map<String, Long> profile() {
        if (iteration == 0) {
            throw new IllegalStateException("a profile needs a step before it");
        }
        return gradients.profile();
    }

    /** The gradients of the next batch, without a step; for tests. */
    Map<String, INDArray> gradients() throws IOException {
        gradients.losses(next());
        return gradients.gradients(statistics -> {});
    }

    /** The losses of the next batch, without a step; for tests. */
    Gradients.Losses losses() throws IOException {
        return gradients.losses(next());
    }

    /** The live array of a parameter or running statistic, for tests. */
    INDArray array(String parameter) {
        return weights.array(parameter);
    }

    private Batch next() throws IOException {
        Batch batch = data.next();
        if (batch.images().remaining() != batchLength || batch.labels().length() != data.batchSize()) {
            throw new IllegalArgumentException("batch %s has %s values and %s labels, wanted %s and %s"
                    .formatted(
                            iteration,
                            batch.images().remaining(),
                            batch.labels().length(),
                            batchLength,
                            data.batchSize()));
        }
        return batch;
    }

    private void checkFinite(Gradients.Losses losses) {
        losses.terms().forEach((term, value) -> {
            if (!Double.isFinite(value)) {
                throw DivergedException.loss(iteration + 1, term, value, lastCheckpoint);
            }
        });
        if (!Double.isFinite(losses.total())) {
            throw DivergedException.loss(iteration + 1, "total", losses.total(), lastCheckpoint);
        }
    }

    private void checkFinite(Map<String, Tensor> tensors) {
        tensors.forEach((name, tensor) -> {
            if (tensor.firstNotFinite().isPresent()) {
                throw DivergedException.weights(iteration, name, lastCheckpoint);
            }
        });
    }

    @Override
    public void close() {
        gradients.close();
        optimizer.close();
        weights.close();
    }
}
