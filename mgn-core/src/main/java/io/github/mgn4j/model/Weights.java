package io.github.mgn4j.model;

import com.google.common.base.Preconditions;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Ints;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The tensors of a model by parameter name, in the order of the layers. Immutable. */
public final class Weights {
    private final ImmutableMap<String, Tensor> tensors;

    private Weights(Map<String, Tensor> tensors) {
        this.tensors = ImmutableMap.copyOf(tensors);
    }

    /** Tensors by name; the order of the map is kept. */
    public static Weights of(Map<String, Tensor> tensors) {
        return new Weights(tensors);
    }

    public Set<String> names() {
        return tensors.keySet();
    }

    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    /**
     * The tensor of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        Preconditions.checkArgument(tensor != null, "no tensor named '%s'", name);
        return tensor;
    }

    public Map<String, Tensor> asMap() {
        return tensors;
    }

    /**
     * Makes sure that these are the tensors of a network, no more, no fewer, each of the right shape and of values that a
     * network can have. Reads them all.
     *
     * @throws WeightsException naming the first tensor that is missing, surplus or of another shape, or the first value that
     *     is NaN, infinite or a variance below zero
     */
    public void check(MgnSpec spec) {
        Set<String> surplus = new HashSet<>(tensors.keySet());
        for (Parameter parameter : NetworkSummary.of(spec).parameters()) {
            Tensor tensor = tensors.get(parameter.name());
            if (tensor == null) {
                throw new WeightsException(
                        "tensor '%s' is missing (shape %s wanted)".formatted(parameter.name(), parameter.shape()));
            }
            WeightsException.check(
                    Ints.asList(tensor.shape()).equals(parameter.shape()),
                    "tensor '%s' has shape %s, wanted %s",
                    parameter.name(),
                    Ints.asList(tensor.shape()),
                    parameter.shape());
            surplus.remove(parameter.name());
        }
        WeightsException.check(
                surplus.isEmpty(),
                "tensor '%s' belongs to no parameter of the network",
                surplus.stream().sorted().findFirst().orElse(""));
        NetworkSummary.of(spec).parameters().forEach(p -> checkValues(p.name(), p.kind(), get(p.name())));
    }

    /**
     * Makes sure that every value of a tensor is finite, and that none is below zero where they are variances.
     *
     * @param name what the error calls the tensor
     */
    static void checkValues(String name, Parameter.Kind kind, Tensor tensor) {
        boolean variance = kind == Parameter.Kind.RUNNING_VAR;
        int wrong = tensor.firstNotFinite().orElse(-1);
        for (int i = 0; variance && wrong < 0 && i < tensor.size(); i++) {
            wrong = tensor.get(i) < 0 ? i : -1;
        }
        if (wrong >= 0) {
            throw new WeightsException("tensor '%s' is %s at index %s, expected %s"
                    .formatted(
                            name,
                            tensor.get(wrong),
                            tensor.index(wrong),
                            variance ? "a variance, finite and not below 0" : "a finite value"));
        }
    }
}
