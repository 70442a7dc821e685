package io.github.mgn4j.train;

import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.samediff.internal.NdTensors;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Converts an optimizer's state between its arrays and the tensors of checkpoints. */
final class OptimizerTensors {
    private final Map<String, Parameter> parameters;

    OptimizerTensors(MgnSpec spec) {
        parameters = NetworkSummary.of(spec).parameters().stream()
                .filter(Parameter::trainable)
                .collect(Collectors.toMap(Parameter::name, Function.identity()));
    }

    /**
     * Copies a state into tensors.
     *
     * @param weights the arrays of the parameters, whose shapes the state must have
     */
    Map<String, Tensor> toTensors(Map<String, INDArray> state, Map<String, INDArray> weights) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        state.forEach((name, array) -> {
            Parameter parameter = parameter(name);
            boolean scalar = array.length() == 1 && parameter.size() != 1;
            long[] expected = NdArrays.named(weights, parameter.name()).shape();
            if (!scalar && !Arrays.equals(array.shape(), expected)) {
                throw new WeightsException(
                        "optimizer state '%s' has shape %s, expected %s as the parameter, or one number"
                                .formatted(name, Arrays.toString(array.shape()), Arrays.toString(expected)));
            }
            tensors.put(
                    name,
                    scalar
                            ? Tensor.of(new float[] {array.getFloat(0)}, 1)
                            : NdTensors.toTensor(parameter.kind(), array));
        });
        return tensors;
    }

    /** Creates arrays from tensors; the caller closes them. */
    Map<String, INDArray> toArrays(Map<String, Tensor> state, DataType type) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        state.forEach((name, tensor) -> {
            Parameter parameter = parameter(name);
            int[] expected =
                    parameter.shape().stream().mapToInt(Integer::intValue).toArray();
            if (Arrays.equals(tensor.shape(), expected)) {
                arrays.put(name, NdTensors.toArray(parameter.kind(), tensor, type));
            } else if (Arrays.equals(tensor.shape(), new int[] {1})) {
                arrays.put(name, Nd4j.valueArrayOf(new long[] {1}, tensor.get(0), type));
            } else {
                throw new WeightsException("optimizer state '%s' has shape %s, expected %s"
                        .formatted(name, Arrays.toString(tensor.shape()), parameter.shape()));
            }
        });
        return arrays;
    }

    private Parameter parameter(String name) {
        Parameter parameter = parameters.get(name.substring(name.indexOf('/') + 1));
        if (parameter == null) {
            throw new WeightsException("optimizer state '" + name
                    + "' belongs to no parameter of the network: its name must be KIND/PARAMETER");
        }
        return parameter;
    }
}
