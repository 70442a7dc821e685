package io.github.mgn4j.train;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Extends a graph by the gradients of its loss, using each operation's own rule. SameDiff's {@code createGradFunction}
 * does the same, but prints a line to standard output for every operation, which an application cannot turn off.
 */
final class Backpropagation {
    private Backpropagation() {}

    /**
     * Adds the gradients of the sum of the loss variables.
     *
     * @param names variables to differentiate with respect to
     * @return the gradients by those names; a variable that the loss does not depend on has none
     */
    static Map<String, SDVariable> extend(SameDiff sd, Collection<String> names) {
        Set<String> dependent = new HashSet<>(names);
        List<DifferentialFunction> path = path(sd, dependent);
        Map<String, SDVariable> gradients = new HashMap<>();
        for (String loss : sd.getLossVariables()) {
            SDVariable variable = sd.getVariable(loss);
            gradients.put(loss, sd.constant(Nd4j.scalar(variable.dataType(), 1)));
        }
        for (DifferentialFunction op : Lists.reverse(path)) {
            SDVariable[] outputs = op.outputVariables();
            if (Arrays.stream(outputs).anyMatch(output -> gradients.containsKey(output.name()))) {
                SDVariable[] inputs = op.args();
                List<SDVariable> derivatives = op.doDiff(upstream(sd, outputs, gradients));
                for (int i = 0; i < inputs.length; i++) {
                    if (dependent.contains(inputs[i].name())) {
                        gradients.merge(inputs[i].name(), derivatives.get(i), SDVariable::add);
                    }
                }
            }
        }
        gradients.keySet().retainAll(new HashSet<>(names));
        return gradients;
    }

    /**
     * Returns the operations between the variables and the graph's end, each after those it depends on. Adds their
     * outputs to {@code dependent}.
     */
    private static List<DifferentialFunction> path(SameDiff sd, Set<String> dependent) {
        List<DifferentialFunction> path = new ArrayList<>();
        for (DifferentialFunction op : sd.ops()) { // in order of creation
            if (Stream.of(op.args()).anyMatch(input -> dependent.contains(input.name()))) {
                path.add(op);
                Stream.of(op.outputVariables())
                        .filter(output -> output.dataType().isFPType())
                        .forEach(output -> dependent.add(output.name()));
            }
        }
        return path;
    }

    /**
     * Returns the gradient of each output: zeros if the loss does not depend on it, null if the output is of an integer
     * type.
     */
    private static List<SDVariable> upstream(SameDiff sd, SDVariable[] outputs, Map<String, SDVariable> gradients) {
        List<SDVariable> upstream = new ArrayList<>();
        for (SDVariable output : outputs) {
            SDVariable previous = gradients.get(output.name());
            upstream.add(previous != null || !output.dataType().isFPType() ? previous : sd.zerosLike(output));
        }
        return upstream;
    }
}
