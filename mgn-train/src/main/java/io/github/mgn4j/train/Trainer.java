package io.github.mgn4j.train;

import io.github.mgn4j.data.Batch;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.graph.TrainingGraph;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.loss.ObjectiveGraph;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.Model;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a network: each step runs one batch forward and backward, lets the optimizer change the weights, and moves the
 * running statistics of the batch norms (momentum 0.1, unbiased variance). Holds native memory until closed.
 *
 * <p>Not thread-safe: one thread makes, steps and closes it.
 */
public final class Trainer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Trainer.class);

    private final Recipe recipe;
    private final BatchSource data;
    private final MgnSpec spec;
    private final ObjectiveGraph objective;
    private final TrainedWeights weights;
    private final GradientExecutor executor;
    private final Optimizer optimizer;
    private final List<TrainingListener> listeners = new ArrayList<>();
    private final INDArray images;
    private final INDArray labels;
    private long iteration;

    /**
     * A trainer with the recipe's objective (the article's).
     *
     * @param start the weights to start from; its classes have to be the data's
     */
    public Trainer(Model start, Recipe recipe, BatchSource data) {
        this(start, recipe, recipe.objective(start.spec()), data);
    }

    /** A trainer with an objective of its own instead of the recipe's. */
    public Trainer(Model start, Recipe recipe, Objective objective, BatchSource data) {
        this(start, recipe, objective, data, DataType.FLOAT);
    }

    Trainer(Model start, Recipe recipe, Objective objective, BatchSource data, DataType type) {
        this.recipe = recipe;
        this.data = data;
        spec = start.spec();
        RecipeException.check(
                data.classes() == spec.classes(),
                "the network has classifiers for %s identities, the data has %s",
                spec.classes(),
                data.classes());
        objective.check(spec);
        TrainingGraph graph = TrainingGraph.of(start, data.batchSize(), data.layout(), type);
        this.objective = ObjectiveGraph.add(
                graph.sd(),
                objective,
                data.batchSize(),
                spec.classes(),
                part -> Objects.requireNonNull(graph.heads().get(part)).logits(),
                part -> Objects.requireNonNull(graph.heads().get(part)).reduced());
        weights = new TrainedWeights(graph, start, type);
        List<String> outputs = new ArrayList<>(this.objective.outputs());
        graph.statistics().forEach(s -> outputs.addAll(List.of(s.mean(), s.variance())));
        executor = new PlannedGradients(graph.sd(), outputs, weights.trainable().keySet());
        optimizer = recipe.optimizer().create(ParameterGroups.standard());
        images = Nd4j.createUninitialized(type, imageShape(), 'c');
        labels = Nd4j.zeros(type, data.batchSize(), spec.classes());
        log.debug("objective:\n{}", objective.table());
    }

    private long[] imageShape() {
        InputSize input = spec.input();
        return data.layout() == Layout.NHWC
                ? new long[] {data.batchSize(), input.height(), input.width(), 3}
                : new long[] {data.batchSize(), 3, input.height(), input.width()};
    }

    /** Adds somebody to be told. */
    public void addListener(TrainingListener listener) {
        listeners.add(listener);
    }

    public Recipe recipe() {
        return recipe;
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

    /** A copy of the weights as they are, running statistics included. */
    public Model model() {
        return weights.snapshot();
    }

    /**
     * Takes all the steps that are left of the recipe, and tells the listeners.
     *
     * @return the trained network
     * @throws DivergedException when a loss is NaN or infinite
     * @throws IOException from the data or a listener
     */
    public Model run() throws IOException {
        for (TrainingListener listener : listeners) {
            listener.onStart(this);
        }
        while (iteration < totalIterations()) {
            StepReport report = step();
            for (TrainingListener listener : listeners) {
                listener.onStep(this, report);
            }
        }
        for (TrainingListener listener : listeners) {
            listener.onEnd(this);
        }
        return model();
    }

    /**
     * Takes one step; listeners are not told.
     *
     * @throws DivergedException when a loss is NaN or infinite; the weights are unchanged then
     * @throws IOException from the data
     */
    public StepReport step() throws IOException {
        long start = System.nanoTime();
        load(data.next());
        GradientExecutor.Result result = executor.run(Map.of(TrainingGraph.IMAGES, images, objective.labels(), labels));
        Map<String, Double> terms = new LinkedHashMap<>();
        objective.terms().forEach((term, name) -> terms.put(term, value(result, name)));
        double loss = value(result, objective.total());
        checkFinite(terms, loss);
        double lr = recipe.schedule().at(iteration, data.iterationsPerEpoch());
        optimizer.step(weights.trainable(), result.gradients(), lr);
        weights.updateStatistics(result.outputs());
        int epoch = (int) (iteration / data.iterationsPerEpoch()) + 1;
        iteration++;
        return new StepReport(
                epoch,
                iteration,
                loss,
                value(result, objective.softmax()),
                value(result, objective.triplet()),
                terms,
                lr,
                data.batchSize() * 1e9 / Math.max(1, System.nanoTime() - start));
    }

    private GradientExecutor.Result differentiate() throws IOException {
        load(data.next());
        return executor.run(Map.of(TrainingGraph.IMAGES, images, objective.labels(), labels));
    }

    /** The gradients of the next batch, without a step; for tests. */
    Map<String, INDArray> gradients() throws IOException {
        return differentiate().gradients();
    }

    /** The loss of the next batch, without a step; for tests. */
    double loss() throws IOException {
        return value(differentiate(), objective.total());
    }

    /** The live array of a parameter or running statistic, for tests. */
    INDArray array(String parameter) {
        return weights.array(parameter);
    }

    private void load(Batch batch) {
        if (batch.images().remaining() != images.length() || batch.labels().length() != data.batchSize()) {
            throw new IllegalArgumentException("batch %s has %s values and %s labels, wanted %s and %s"
                    .formatted(
                            iteration,
                            batch.images().remaining(),
                            batch.labels().length(),
                            images.length(),
                            data.batchSize()));
        }
        Nd.fill(images, batch.images());
        labels.assign(0);
        for (int i = 0; i < batch.labels().length(); i++) {
            labels.putScalar(i, batch.labels().get(i), 1);
        }
    }

    private void checkFinite(Map<String, Double> terms, double loss) {
        terms.forEach((term, value) -> {
            if (!Double.isFinite(value)) {
                throw new DivergedException(iteration + 1, term, value);
            }
        });
        if (!Double.isFinite(loss)) {
            throw new DivergedException(iteration + 1, "total", loss);
        }
    }

    private static double value(GradientExecutor.Result result, String name) {
        return Nd.named(result.outputs(), name).getDouble(0);
    }

    @Override
    public void close() {
        executor.close();
        optimizer.close();
        weights.close();
        Nd.close(images);
        Nd.close(labels);
    }
}
