package io.github.mgn4j.train;

import com.google.common.collect.Maps;
import io.github.mgn4j.data.Batch;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Provenance;
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
 * <p>Not thread-safe: one thread creates, steps and closes it. Only {@link #requestStop} may be called by any thread.
 */
public final class Trainer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Trainer.class);

    private final Recipe recipe;
    private final BatchSource data;
    private final MgnSpec spec;
    private final Preprocessing preprocessing;
    private final DataType type;
    private final TrainableWeights weights;
    private final @Nullable Provenance provenance;
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
     * @param start the weights to start from; its number of classes must be the data's
     * @param recipe the recipe to follow
     * @param data the batches; the caller closes them
     * @throws IllegalArgumentException if recipe, data and network do not fit together
     */
    public Trainer(Model start, Recipe recipe, BatchSource data) {
        this(start, builder(recipe, data));
    }

    Trainer(Model start, TrainerBuilder parts) {
        recipe = parts.recipe;
        data = parts.data;
        type = parts.type;
        spec = start.spec();
        preprocessing = start.preprocessing();
        provenance = start.provenance();
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
        optimizer = parts.optimizerFor(spec); // before native memory is allocated, which a failure would leak
        ownParts = parts.ownParts(objective, optimizer);
        boolean whole = recipe.microBatch() == 0 || recipe.microBatch() == data.batchSize();
        int atOnce = whole ? data.batchSize() : recipe.microBatch();
        Kernels kernels = parts.withKernels ? Kernels.find(data.layout(), type, recipe.precision()) : Kernels.NONE;
        TrainingGraph graph = TrainingGraph.of(start, atOnce, data.layout(), type, kernels.exist());
        weights = new TrainableWeights(graph, start, type);
        Set<String> parameters = weights.trainable().keySet();
        gradients = whole
                ? new WholeBatch(graph, objective, parameters, kernels)
                : new MicroBatches(graph, objective, data.batchSize(), parameters, kernels);
        backbone = NetworkSummary.of(spec).parameters().stream()
                .filter(p -> p.section() == Parameter.Section.BACKBONE)
                .map(Parameter::name)
                .collect(Collectors.toSet());
        batchLength = Math.multiplyExact(
                data.batchSize(), 3 * spec.input().height() * spec.input().width());
        log.debug("objective:\n{}", objective.table());
    }

    /** Creates a builder, for a program's own objective or optimizer. */
    public static TrainerBuilder builder(Recipe recipe, BatchSource data) {
        return new TrainerBuilder(recipe, data);
    }

    /**
     * Creates a trainer that continues from a checkpoint with the recipe's parts; see {@link TrainerBuilder#resume}.
     */
    public static Trainer resume(Checkpoint checkpoint, Recipe recipe, BatchSource data) {
        return builder(recipe, data).resume(checkpoint);
    }

    /** Restores everything but the weights. */
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

    /** Returns the recipe. */
    public Recipe recipe() {
        return recipe;
    }

    /** Returns the program's own parts; see {@link Checkpoint#ownParts()}. */
    Map<String, String> ownParts() {
        return ownParts;
    }

    /** Returns the network's specification. */
    public MgnSpec spec() {
        return spec;
    }

    /** Returns the number of steps taken. */
    public long iteration() {
        return iteration;
    }

    /** Returns the number of steps of the whole recipe. */
    public int totalIterations() {
        return recipe.totalIterations(data.iterationsPerEpoch());
    }

    /**
     * Returns a copy of the current weights, running statistics included.
     *
     * @throws DivergedException if one is NaN or infinite
     */
    public Model model() {
        Map<String, Tensor> tensors = weights.tensors();
        checkFinite(tensors);
        return new Model(spec, Weights.of(tensors), preprocessing, null, null, provenance);
    }

    /**
     * Returns a copy of the whole state.
     *
     * @param notes texts that the application stores in the checkpoint
     * @throws DivergedException if the state contains NaN or infinity, so that training can continue from every
     *     checkpoint
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
     * Asks {@link #run} to end after the current step and call the listeners' {@link TrainingListener#onStop}. May be
     * called by any thread, at any time.
     */
    public void requestStop() {
        stopRequested = true;
    }

    /** Returns whether all steps of the recipe have been taken. */
    public boolean isFinished() {
        return iteration >= totalIterations();
    }

    /**
     * Takes the remaining steps of the recipe and calls the listeners.
     *
     * @return the resulting network; fully trained unless {@linkplain #requestStop a stop was requested}
     * @throws DivergedException when a loss or a statistic of a batch norm is NaN or infinite
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
     * Takes one step without calling the listeners.
     *
     * @throws DivergedException when a loss, a statistic of a batch norm, or the norm of gradients to be clipped, is NaN
     *     or infinite; the weights are then unchanged
     * @throws IOException from the data
     */
    public StepReport step() throws IOException {
        long start = System.nanoTime();
        Gradients.Losses losses = gradients.losses(next());
        checkFinite(losses);
        double lr = recipe.schedule().at(iteration, data.iterationsPerEpoch(), totalIterations());
        Map<String, INDArray> computed = gradients.gradients(weights::updateStatistics);
        if (iteration < recipe.parameters().freezeBackbone()) {
            computed = Maps.filterKeys(computed, name -> !backbone.contains(name));
        }
        clip(computed);
        optimizer.step(weights.trainable(), computed, lr);
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

    private void clip(Map<String, INDArray> computed) {
        if (recipe.clipNorm() > 0) {
            double norm = NdArrays.clip(computed.values(), recipe.clipNorm());
            if (!Double.isFinite(norm)) {
                throw DivergedException.gradients(iteration + 1, norm, lastCheckpoint);
            }
        }
    }

    /**
     * Runs forward and backward once more and returns nanoseconds by kind of operation, the slowest first. Changes no
     * state. With micro-batches it runs one of them.
     *
     * @throws IllegalStateException before the first step
     */
    public Map<String, Long> profile() {
        if (iteration == 0) {
            throw new IllegalStateException("a profile needs a step before it");
        }
        return gradients.profile();
    }

    /** Returns the native memory in bytes that grows with the number of images at a time. */
    long bytesOfImages() {
        return gradients.bytesOfImages();
    }

    /** Returns the gradients of the next batch without taking a step, for tests. */
    Map<String, INDArray> gradients() throws IOException {
        gradients.losses(next());
        return gradients.gradients(statistics -> {});
    }

    /** Returns the losses of the next batch without taking a step, for tests. */
    Gradients.Losses losses() throws IOException {
        return gradients.losses(next());
    }

    /** Returns the live array of a parameter or running statistic, for tests. */
    INDArray array(String parameter) {
        return weights.array(parameter);
    }

    private Batch next() throws IOException {
        Batch batch = data.next();
        if (batch.images().remaining() != batchLength || batch.labels().length() != data.batchSize()) {
            throw new IllegalArgumentException("batch %s has %s values and %s labels, expected %s and %s"
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
        gradients.brokenNorm().ifPresent(norm -> {
            throw DivergedException.statistics(iteration + 1, norm, lastCheckpoint);
        });
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
