package io.github.mgn4j.samediff.internal.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;

/** Sorts the operations that some outputs of a graph need, each after those that it depends on. */
final class GraphOrder {
    private final SameDiff graph;
    private final Map<String, Value> values = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();

    private GraphOrder(SameDiff graph) {
        this.graph = graph;
    }

    static GraphOrder of(SameDiff graph, Collection<String> outputs) {
        GraphOrder order = new GraphOrder(graph);
        for (String output : outputs) {
            if (!graph.getVariables().containsKey(output)) {
                throw new PlanException("the graph has no variable '" + output + "'");
            }
            order.visit(output);
        }
        return order;
    }

    List<Step> steps() {
        return steps;
    }

    Collection<Value> values() {
        return values.values();
    }

    Value value(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** Searches depth first without recursion: gradient graphs are thousands of operations deep. */
    private void visit(String output) {
        Deque<String> pending = new ArrayDeque<>();
        Set<String> open = new HashSet<>();
        pending.push(output);
        while (!pending.isEmpty()) {
            String name = pending.peek();
            if (values.containsKey(name)) {
                pending.pop();
                continue;
            }
            SameDiffOp producer = producer(name);
            if (producer == null) {
                values.put(name, leaf(name));
                pending.pop();
                continue;
            }
            boolean ready = true;
            for (String input : inputs(producer)) {
                if (!values.containsKey(input)) {
                    pending.push(input);
                    ready = false;
                }
            }
            if (ready) {
                add(producer);
                pending.pop();
            } else if (!open.add(name)) {
                throw new PlanException("the graph has a cycle or a loop through '" + name + "'");
            }
        }
    }

    private @Nullable SameDiffOp producer(String name) {
        Variable variable = graph.getVariables().get(name);
        if (variable == null) {
            throw new PlanException("the graph has no variable '" + name + "'");
        }
        String op = variable.getOutputOfOp();
        return op == null ? null : graph.getOps().get(op);
    }

    private static List<String> inputs(SameDiffOp op) {
        return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
    }

    private void add(SameDiffOp op) {
        List<Value> outputs = op.getOutputsOfOp().stream()
                .map(name -> new Value(name, Value.Kind.COMPUTED))
                .toList();
        outputs.forEach(value -> values.put(value.name, value));
        List<Value> inputs = new ArrayList<>();
        for (String input : inputs(op)) {
            inputs.add(value(input));
        }
        steps.add(new Step(op.getName(), op.getOp(), inputs, outputs));
    }

    private Value leaf(String name) {
        SDVariable variable = graph.getVariable(name);
        return switch (variable.getVariableType()) {
            case PLACEHOLDER -> new Value(name, Value.Kind.PLACEHOLDER);
            case VARIABLE -> withArray(new Value(name, Value.Kind.VARIABLE), variable);
            case CONSTANT -> withArray(new Value(name, Value.Kind.CONSTANT), variable);
            case ARRAY, SEQUENCE -> throw new PlanException("'" + name + "' is computed by no operation");
        };
    }

    private static Value withArray(Value value, SDVariable variable) {
        value.hold(variable.getArr());
        return value;
    }
}
