package io.github.mgn4j.samediff.internal.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Applies the rules to steps whose shapes are known, and leaves out what nobody reads. */
final class Rewriter {
    private static final List<Rule> RULES =
            List.of(new ReluGradient(), new PointwiseConvolution(), new RowBroadcast(), new ProductGradient());

    private final Set<Value> outputs;
    private final Map<Value, Value> substitutes = new HashMap<>();
    private final Map<Value, Value> rectified = new HashMap<>();
    private final Map<String, Value> rows = new HashMap<>();
    private final Set<Value> read = new HashSet<>();
    private int made;

    /**
     * @param outputs values that have to keep their identity
     */
    Rewriter(Collection<Value> outputs) {
        this.outputs = Set.copyOf(outputs);
    }

    List<Step> run(List<Step> steps) {
        List<Step> current = withoutUnread(steps);
        read.clear();
        current.forEach(step -> read.addAll(step.inputs()));
        List<Step> rewritten = new ArrayList<>();
        for (Step original : current) {
            Step step = new Step(
                    original.name(),
                    original.op(),
                    original.inputs().stream()
                            .map(v -> substitutes.getOrDefault(v, v))
                            .toList(),
                    original.outputs());
            if (step.op().opName().equals("relu")) {
                rectified.put(step.inputs().get(0), step.outputs().get(0));
            }
            List<Step> replacement = null;
            for (Rule rule : RULES) {
                replacement = replacement == null ? rule.rewrite(step, this) : replacement;
            }
            rewritten.addAll(replacement == null ? List.of(step) : replacement);
        }
        return withoutUnread(rewritten);
    }

    /** Leaves out steps none of whose outputs is read or wanted. */
    private List<Step> withoutUnread(List<Step> steps) {
        Set<Value> wanted = new HashSet<>(outputs);
        List<Step> kept = new ArrayList<>();
        for (int i = steps.size() - 1; i >= 0; i--) {
            Step step = steps.get(i);
            if (step.outputs().stream().anyMatch(wanted::contains)) {
                wanted.addAll(step.inputs());
                kept.add(0, step);
            }
        }
        return kept;
    }

    /** Whether anybody wants this value. */
    boolean isRead(Value value) {
        return outputs.contains(value) || read.contains(value);
    }

    /** Lets everybody read {@code instead}; false where the value is an output of its own. */
    boolean substitute(Value value, Value instead) {
        if (outputs.contains(value)) {
            return false;
        }
        substitutes.put(value, instead);
        return true;
    }

    /** What an earlier step made of a value by ReLU, if there was one. */
    @Nullable
    Value rectified(Value value) {
        return rectified.get(value);
    }

    /** A new value between new steps. */
    Value temporary(Step owner, DataType type, long... shape) {
        Value value = new Value(owner.name() + "/" + made++, Value.Kind.COMPUTED);
        value.type = type;
        value.shape = shape;
        return value;
    }

    /** A constant row {@code [1, length]}. */
    Value row(double element, long length, DataType type) {
        return rows.computeIfAbsent(element + "x" + length + type, key -> {
            Value value = new Value("row " + key, Value.Kind.CONSTANT);
            value.hold(Nd4j.valueArrayOf(new long[] {1, length}, element, type));
            return value;
        });
    }

    /** The constants made on the way; the plan owns them. */
    List<INDArray> constants() {
        return rows.values().stream().map(Value::requireArray).toList();
    }
}
