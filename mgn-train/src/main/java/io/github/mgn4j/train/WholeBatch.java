package io.github.mgn4j.train;

import io.github.mgn4j.data.Batch;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.loss.ObjectiveGraph;
import io.github.mgn4j.samediff.internal.TrainingGraph;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a whole batch forward and backward at once. */
final class WholeBatch implements Gradients {
    private final TrainingGraph graph;
    private final Kernels kernels;
    private final ObjectiveGraph objective;
    private final PlannedGradients executor;
    private final INDArray images;
    private final INDArray labels;
    private PlannedGradients.@Nullable Result result;

    /**
     * Prepares runs.
     *
     * @param parameters names of the parameters to differentiate with respect to
     */
    WholeBatch(TrainingGraph graph, Objective objective, Collection<String> parameters, Kernels kernels) {
        this.graph = graph;
        this.kernels = kernels;
        this.objective = ObjectiveGraph.add(
                graph.sd(),
                objective,
                graph.batch(),
                graph.spec().classes(),
                part -> Objects.requireNonNull(graph.heads().get(part)).logits(),
                part -> Objects.requireNonNull(graph.heads().get(part)).reduced());
        List<String> outputs = new ArrayList<>(this.objective.outputs());
        graph.statistics().forEach(s -> outputs.addAll(List.of(s.mean(), s.variance())));
        executor = new PlannedGradients(graph.sd(), outputs, parameters, kernels);
        DataType type = graph.sd().getVariable(TrainingGraph.IMAGES).dataType();
        images = Nd4j.createUninitialized(
                type, graph.sd().getVariable(TrainingGraph.IMAGES).placeholderShape(), 'c');
        labels = Nd4j.zeros(type, graph.batch(), graph.spec().classes());
    }

    @Override
    public Losses losses(Batch batch) {
        NdArrays.fill(images, batch.images());
        NdArrays.oneHot(labels, batch.labels());
        PlannedGradients.Result now = executor.run(Map.of(TrainingGraph.IMAGES, images, objective.labels(), labels));
        result = now;
        return NdArrays.losses(objective, now.outputs());
    }

    @Override
    public Optional<String> brokenNorm() {
        PlannedGradients.Result now = Objects.requireNonNull(result, "losses come first");
        return kernels.exist() ? NdArrays.brokenNorm(graph, now.outputs()) : Optional.empty();
    }

    @Override
    public Map<String, INDArray> gradients(Consumer<Map<String, INDArray>> statistics) {
        PlannedGradients.Result now = Objects.requireNonNull(result, "losses come first");
        statistics.accept(now.outputs());
        return now.gradients();
    }

    @Override
    public Map<String, Long> profile() {
        return executor.profile();
    }

    @Override
    public long bytesOfImages() {
        return executor.passingBytes();
    }

    @Override
    public void close() {
        executor.close();
        NdArrays.close(images);
        NdArrays.close(labels);
    }
}
