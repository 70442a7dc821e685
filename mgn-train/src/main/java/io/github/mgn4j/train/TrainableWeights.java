package io.github.mgn4j.train;

import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.samediff.internal.NdTensors;
import io.github.mgn4j.samediff.internal.TrainingGraph;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The weights of a training graph and the running statistics beside it. */
final class TrainableWeights implements AutoCloseable {
    /** Weight of a new batch in the running statistics: PyTorch's momentum. */
    private static final double MOMENTUM = 0.1;

    private final TrainingGraph graph;
    private final List<Parameter> parameters;
    private final Map<String, INDArray> arrays = new LinkedHashMap<>();
    private final Map<String, INDArray> trainable = new LinkedHashMap<>();

    TrainableWeights(TrainingGraph graph, Model start, DataType type) {
        this.graph = graph;
        parameters = NetworkSummary.of(start.spec()).parameters();
        for (Parameter p : parameters) {
            if (p.trainable()) {
                INDArray array = graph.sd().getVariable(p.name()).getArr();
                trainable.put(p.name(), array);
                arrays.put(p.name(), array);
            } else {
                arrays.put(p.name(), NdTensors.toArray(p.kind(), start.weights().get(p.name()), type));
            }
        }
    }

    /** Returns the live arrays of the parameters that have gradients. */
    Map<String, INDArray> trainable() {
        return Collections.unmodifiableMap(trainable);
    }

    /** Returns the live array of a parameter or running statistic. */
    INDArray array(String name) {
        return NdArrays.named(arrays, name);
    }

    /** Moves the running statistics towards a batch's. The variance is the unbiased estimate, as in PyTorch. */
    void updateStatistics(Map<String, INDArray> outputs) {
        for (TrainingGraph.BatchStatistics s : graph.statistics()) {
            move(s.norm() + ".running_mean", NdArrays.named(outputs, s.mean()), 1);
            double unbiased = (double) s.count() / (s.count() - 1);
            move(s.norm() + ".running_var", NdArrays.named(outputs, s.variance()), unbiased);
        }
    }

    private void move(String name, INDArray batch, double factor) {
        INDArray running = array(name);
        running.muli(1 - MOMENTUM);
        NdArrays.addScaled(running, MOMENTUM * factor, batch.reshape(running.shape()));
    }

    /** Returns copies by parameter name. */
    Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        parameters.forEach(p -> tensors.put(p.name(), NdTensors.toTensor(p.kind(), array(p.name()))));
        return tensors;
    }

    @Override
    public void close() {
        arrays.values().forEach(NdArrays::close);
    }
}
