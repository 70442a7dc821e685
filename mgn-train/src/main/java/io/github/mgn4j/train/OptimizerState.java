package io.github.mgn4j.train;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** State arrays, created with zeros at their parameter's first gradient and kept from step to step. */
final class OptimizerState implements AutoCloseable {
    private final Map<String, INDArray> arrays = new LinkedHashMap<>();

    /** Returns the array of a kind for a parameter. */
    INDArray get(String kind, String parameter, INDArray weight) {
        INDArray array = arrays.computeIfAbsent(
                kind + "/" + parameter, key -> weight.ulike().assign(0));
        if (!Arrays.equals(array.shape(), weight.shape())) {
            throw new IllegalArgumentException("%s of '%s' has shape %s, expected %s"
                    .formatted(kind, parameter, Arrays.toString(array.shape()), Arrays.toString(weight.shape())));
        }
        return array;
    }

    /** Returns the scalar of a kind for a parameter. */
    INDArray scalar(String kind, String parameter, DataType type) {
        return arrays.computeIfAbsent(kind + "/" + parameter, key -> Nd4j.zeros(type, 1));
    }

    Map<String, INDArray> view() {
        return Collections.unmodifiableMap(arrays);
    }

    void restore(Map<String, INDArray> state) {
        close();
        state.forEach((name, array) -> arrays.put(name, array.dup('c')));
    }

    @Override
    public void close() {
        arrays.values().forEach(NdArrays::close);
        arrays.clear();
    }
}
