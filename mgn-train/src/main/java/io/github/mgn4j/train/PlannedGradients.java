package io.github.mgn4j.train;

import io.github.mgn4j.samediff.internal.plan.GraphPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients by {@link Backpropagation}, run as a {@link GraphPlan}: equal to those of SameDiff's own interpreter up to
 * the order of sums, with less time and memory. Used by one thread.
 */
final class PlannedGradients implements AutoCloseable {
    private final SameDiff graph;
    private final Kernels kernels;
    private final List<String> outputs;
    /** Names of the gradients' variables by parameter. */
    private final Map<String, String> gradients = new LinkedHashMap<>();

    private @Nullable GraphPlan plan;

    /**
     * The result of a run. The executor owns the arrays, which are valid until its next run or its end. The caller may
     * modify the gradients, which share no memory with each other.
     *
     * @param outputs the requested values, by variable name
     * @param gradients gradients by parameter name; a parameter that the loss does not depend on has none
     */
    record Result(Map<String, INDArray> outputs, Map<String, INDArray> gradients) {}

    /**
     * Adds the gradients to a graph with a loss variable. The first run creates the plan for the shapes of its
     * placeholders, which later runs must keep.
     *
     * @param outputs names of the variables to return
     * @param parameters names of the variables to differentiate with respect to; those that the loss does not depend on
     *     get no gradient
     */
    PlannedGradients(SameDiff sd, Collection<String> outputs, Collection<String> parameters, Kernels kernels) {
        this.kernels = kernels;
        this.outputs = List.copyOf(outputs);
        graph = sd;
        Map<String, SDVariable> derived = Backpropagation.extend(sd, parameters);
        for (String parameter : parameters) {
            SDVariable gradient = derived.get(parameter);
            if (gradient != null) {
                gradients.put(parameter, gradient.name());
            }
        }
    }

    /** Computes outputs and gradients for values of the placeholders. */
    Result run(Map<String, INDArray> placeholders) {
        GraphPlan current = plan;
        if (current == null) {
            current = plan(placeholders);
            plan = current;
        }
        for (Map.Entry<String, INDArray> entry : placeholders.entrySet()) {
            current.input(entry.getKey()).assign(entry.getValue());
        }
        current.run();
        Map<String, INDArray> values = new LinkedHashMap<>();
        for (String name : outputs) {
            values.put(name, current.output(name));
        }
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : gradients.entrySet()) {
            arrays.put(entry.getKey(), current.output(entry.getValue()));
        }
        return new Result(values, arrays);
    }

    /** Runs once more on the last values and returns nanoseconds by kind of operation. */
    Map<String, Long> profile() {
        return Objects.requireNonNull(plan, "a run comes first").profile();
    }

    /** Returns the most native memory of values between inputs and gradients in bytes; 0 before the first run. */
    long passingBytes() {
        return plan == null ? 0 : plan.passingBytes();
    }

    private GraphPlan plan(Map<String, INDArray> placeholders) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        placeholders.forEach((name, array) -> shapes.put(name, array.shape()));
        List<String> names = new ArrayList<>(outputs);
        names.addAll(gradients.values());
        GraphPlan created = GraphPlan.of(graph, shapes, names, kernels.open());
        checkNoneShared(created);
        return created;
    }

    /** Checks that no two gradients share memory, because callers may modify them. */
    private void checkNoneShared(GraphPlan created) {
        Set<Long> addresses = new HashSet<>();
        gradients.forEach((name, gradientName) -> {
            INDArray gradient = created.output(gradientName);
            if (!addresses.add(gradient.data().address() + gradient.offset())) {
                throw new IllegalStateException("the gradient of '" + name + "' shares its memory with another");
            }
        });
    }

    @Override
    public void close() {
        if (plan != null) {
            plan.close();
            plan = null;
        }
    }
}
