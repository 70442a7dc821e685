package io.github.mgn4j.train;

import io.github.mgn4j.data.Batch;
import io.github.mgn4j.loss.LossTerm;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.loss.ObjectiveGraph;
import io.github.mgn4j.samediff.internal.TrainingGraph;
import io.github.mgn4j.samediff.internal.plan.GraphPlan;
import io.github.mgn4j.spec.FeaturePart;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Runs a batch through the network in micro-batches, in the memory of one micro-batch. Losses and gradients are those
 * of the whole batch.
 *
 * <p>First every micro-batch runs forward, and only the inputs of the losses, reduced vectors and logits, are kept. The
 * objective over all of them gives the losses and their gradients with respect to those vectors. Then every micro-batch
 * runs forward again and backward from {@code sum(vector * gradient)}, whose gradient is the one of the chain rule, and
 * the gradients of the parameters are added up. Batch norms see the statistics of one micro-batch at a time.
 */
final class MicroBatches implements Gradients {
    private static final String REDUCED = "reduced/";
    private static final String LOGITS = "logits/";
    private static final String GRADIENT_OF = "gradient_of/";

    private final int images;
    private final int part;
    private final DataType type;
    private final TrainingGraph graph;
    private final Kernels kernels;
    private final SameDiff network;
    /** The network's variables that the losses read, by their names in the graph of losses. */
    private final Map<String, SDVariable> vectors = new LinkedHashMap<>();

    private final SameDiff losses = SameDiff.create();
    private final ObjectiveGraph objective;
    private final PlannedGradients lossGradients;
    private final GraphPlan forward;
    private final PlannedGradients backward;
    private final INDArray input;
    private final INDArray labels;
    private final Map<String, INDArray> sums = new LinkedHashMap<>();
    private @Nullable FloatBuffer pixels;
    private Optional<String> brokenNorm = Optional.empty();
    private Map<String, INDArray> vectorGradients = Map.of();

    /**
     * Prepares runs.
     *
     * @param graph graph of one micro-batch
     * @param images size of a whole batch, a multiple of the graph's
     * @param parameters names of the parameters to differentiate with respect to
     */
    MicroBatches(TrainingGraph graph, Objective objective, int images, Collection<String> parameters, Kernels kernels) {
        this.images = images;
        part = graph.batch();
        this.graph = graph;
        this.kernels = kernels;
        network = graph.sd();
        SDVariable placeholder = network.getVariable(TrainingGraph.IMAGES);
        type = placeholder.dataType();
        long[] inputShape = placeholder.placeholderShape();
        for (LossTerm term : objective.terms()) {
            addVector(graph, term);
        }
        this.objective = ObjectiveGraph.add(
                losses,
                objective,
                images,
                graph.spec().classes(),
                feature -> losses.getVariable(LOGITS + feature.name()),
                feature -> losses.getVariable(REDUCED + feature.name()));
        lossGradients = new PlannedGradients(losses, this.objective.outputs(), vectors.keySet(), Kernels.NONE);
        List<String> statistics = new ArrayList<>();
        graph.statistics().forEach(s -> statistics.addAll(List.of(s.mean(), s.variance())));
        List<String> results = new ArrayList<>(statistics);
        vectors.values().forEach(vector -> results.add(vector.name()));
        forward = GraphPlan.of(network, Map.of(TrainingGraph.IMAGES, inputShape), results, kernels.open());
        network.setLossVariables(surrogate().name());
        backward = new PlannedGradients(network, statistics, parameters, kernels);
        input = Nd4j.createUninitialized(type, inputShape, 'c');
        labels = Nd4j.zeros(type, images, graph.spec().classes());
    }

    private void addVector(TrainingGraph graph, LossTerm term) {
        FeaturePart feature = term.feature();
        TrainingGraph.Head head = Objects.requireNonNull(graph.heads().get(feature));
        boolean classified = term.readsLogits();
        String name = (classified ? LOGITS : REDUCED) + feature.name();
        if (vectors.containsKey(name)) {
            return; // another term reads it, too
        }
        long width = classified ? graph.spec().classes() : graph.spec().reducedLength();
        vectors.put(name, classified ? head.logits() : head.reduced());
        losses.var(name, Nd4j.zeros(type, images, width));
    }

    /** Returns the scalar that a micro-batch is differentiated from: the sum of vectors times their gradients. */
    private SDVariable surrogate() {
        SDVariable sum = null;
        for (Map.Entry<String, SDVariable> vector : vectors.entrySet()) {
            long width = losses.getVariable(vector.getKey()).getArr().size(1);
            SDVariable gradient = network.placeHolder(GRADIENT_OF + vector.getKey(), type, part, width);
            SDVariable product = vector.getValue().mul(gradient).sum();
            sum = sum == null ? product : sum.add(product);
        }
        return Objects.requireNonNull(sum, "an objective has a loss");
    }

    @Override
    public Losses losses(Batch batch) {
        FloatBuffer now = batch.images();
        pixels = now;
        brokenNorm = Optional.empty();
        for (int from = 0; from < images; from += part) {
            fill(now, from);
            forward.input(TrainingGraph.IMAGES).assign(input);
            forward.run();
            if (kernels.exist()) {
                brokenNorm = brokenNorm.or(() -> NdArrays.brokenNorm(graph, forward.outputs()));
            }
            for (Map.Entry<String, SDVariable> vector : vectors.entrySet()) {
                rows(losses.getVariable(vector.getKey()).getArr(), from)
                        .assign(forward.output(vector.getValue().name()));
            }
        }
        NdArrays.oneHot(labels, batch.labels());
        PlannedGradients.Result result = lossGradients.run(Map.of(objective.labels(), labels));
        vectorGradients = result.gradients();
        return NdArrays.losses(objective, result.outputs());
    }

    @Override
    public Optional<String> brokenNorm() {
        return brokenNorm;
    }

    @Override
    public Map<String, INDArray> gradients(Consumer<Map<String, INDArray>> statistics) {
        FloatBuffer now = Objects.requireNonNull(pixels, "losses come first");
        for (int from = 0; from < images; from += part) {
            fill(now, from);
            Map<String, INDArray> placeholders = new LinkedHashMap<>();
            placeholders.put(TrainingGraph.IMAGES, input);
            int start = from;
            vectorGradients.forEach((name, gradient) -> placeholders.put(GRADIENT_OF + name, rows(gradient, start)));
            PlannedGradients.Result result = backward.run(placeholders);
            statistics.accept(result.outputs());
            result.gradients().forEach((name, gradient) -> {
                INDArray sum = sums.computeIfAbsent(name, key -> gradient.ulike());
                if (start == 0) {
                    sum.assign(gradient);
                } else {
                    sum.addi(gradient);
                }
            });
        }
        return sums;
    }

    private void fill(FloatBuffer all, int from) {
        int length = Math.toIntExact(input.length() / part);
        NdArrays.fill(input, all.slice(all.position() + from * length, part * length));
    }

    private INDArray rows(INDArray array, int from) {
        return array.get(NDArrayIndex.interval(from, from + part), NDArrayIndex.all());
    }

    @Override
    public Map<String, Long> profile() {
        return backward.profile();
    }

    @Override
    public long bytesOfImages() {
        return forward.passingBytes() + backward.passingBytes();
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
        lossGradients.close();
        vectors.keySet().forEach(name -> NdArrays.close(losses.getVariable(name).getArr()));
        sums.values().forEach(NdArrays::close);
        NdArrays.close(input);
        NdArrays.close(labels);
    }
}
