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
    private static final float LEAST_EXPONENT = 1e-3f;

    private final ImmutableMap<String, Tensor> tensors;

    private Weights(Map<String, Tensor> tensors) {
        this.tensors = ImmutableMap.copyOf(tensors);
    }

    /** Creates weights from tensors by name, in the order of the map. */
    public static Weights of(Map<String, Tensor> tensors) {
        return new Weights(tensors);
    }

    /** Returns the names of the tensors, in order. */
    public Set<String> names() {
        return tensors.keySet();
    }

    /** Returns whether there is a tensor of that name. */
    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    /**
     * Returns the tensor of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        Preconditions.checkArgument(tensor != null, "no tensor named '%s'", name);
        return tensor;
    }

    /** Returns the tensors by name, in order; the map is immutable. */
    public Map<String, Tensor> asMap() {
        return tensors;
    }

    /**
     * Checks that these are exactly the tensors of a network, with the right shapes and with values that a network can have.
     * Reads all values.
     *
     * @throws WeightsException naming the first tensor that is missing, surplus or of another shape, or the first value that
     *     is NaN, infinite, a variance below zero or a pooling exponent that is no power
     */
    public void check(MgnSpec spec) {
        Set<String> surplus = new HashSet<>(tensors.keySet());
        for (Parameter parameter : NetworkSummary.of(spec).parameters()) {
            Tensor tensor = tensors.get(parameter.name());
            if (tensor == null) {
                throw new WeightsException(
                        "tensor '%s' is missing (shape %s expected)".formatted(parameter.name(), parameter.shape()));
            }
            WeightsException.check(
                    Ints.asList(tensor.shape()).equals(parameter.shape()),
                    "tensor '%s' has shape %s, expected %s",
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
     * Checks that every value of a tensor is finite, no variance is negative, and no exponent is 0.
     *
     * @param name the tensor's name in the error message
     * @throws WeightsException naming the first value that is not valid
     */
    public static void checkValues(String name, Parameter.Kind kind, Tensor tensor) {
        boolean variance = kind == Parameter.Kind.RUNNING_VAR;
        boolean exponent = kind == Parameter.Kind.POOL_EXPONENT;
        int wrong = tensor.firstNotFinite().orElse(-1);
        for (int i = 0; (variance || exponent) && wrong < 0 && i < tensor.size(); i++) {
            wrong = (variance && tensor.get(i) < 0) || (exponent && Math.abs(tensor.get(i)) < LEAST_EXPONENT) ? i : -1;
        }
        if (wrong >= 0) {
            throw new WeightsException("tensor '%s' is %s at index %s, expected %s"
                    .formatted(
                            name,
                            tensor.get(wrong),
                            tensor.index(wrong),
                            variance
                                    ? "a variance, finite and not below 0"
                                    : exponent ? "an exponent, finite and not 0" : "a finite value"));
        }
    }
}
