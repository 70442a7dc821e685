package io.github.mgn4j.train;

import io.github.mgn4j.plan.GraphPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients by the gradient graph as SameDiff derives it, run as a {@link GraphPlan}: the same operations as SameDiff's
 * own interpreter, so the same numbers, in half the time and a fraction of the memory.
 */
public final class PlannedGradients implements GradientExecutor {
    /** The name that SameDiff gives it; its own constant is not public. */
    private static final String GRADIENT_FUNCTION = "grad";

    private static final String GRADIENT_SUFFIX = "-grad";

    private final GraphPlan plan;
    private final Map<String, INDArray> outputs = new LinkedHashMap<>();
    private final Map<String, INDArray> gradients = new LinkedHashMap<>();

    /**
     * Plans a graph with a loss variable and placeholders of known shapes.
     *
     * @param outputs names of the variables whose values are wanted
     * @param parameters names of the variables whose gradients are wanted
     */
    public PlannedGradients(SameDiff sd, Collection<String> outputs, Collection<String> parameters) {
        sd.createGradFunction(parameters.toArray(new String[0]));
        SameDiff gradient = sd.getFunction(GRADIENT_FUNCTION);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (SDVariable variable : sd.variables()) {
            if (variable.isPlaceHolder()) {
                shapes.put(variable.name(), variable.placeholderShape());
            }
        }
        List<String> wanted = new ArrayList<>(outputs);
        parameters.forEach(parameter -> wanted.add(parameter + GRADIENT_SUFFIX));
        plan = GraphPlan.of(gradient, shapes, wanted);
        outputs.forEach(name -> this.outputs.put(name, plan.output(name)));
        parameters.forEach(name -> gradients.put(name, plan.output(name + GRADIENT_SUFFIX)));
        checkNoneShared();
    }

    /** Callers may change gradients in place. */
    private void checkNoneShared() {
        Set<Long> addresses = new HashSet<>();
        gradients.forEach((name, array) -> {
            if (!addresses.add(array.data().address())) {
                throw new IllegalStateException("the gradient of '" + name + "' shares its memory with another");
            }
        });
    }

    @Override
    public Result run(Map<String, INDArray> placeholders) {
        placeholders.forEach((name, array) -> plan.input(name).assign(array));
        plan.run();
        return new Result(outputs, gradients);
    }

    /** Native memory of the plan. */
    public long bytes() {
        return plan.bytes();
    }

    @Override
    public void close() {
        plan.close();
    }
}
