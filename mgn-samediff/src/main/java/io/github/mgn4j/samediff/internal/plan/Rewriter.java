package io.github.mgn4j.samediff.internal.plan;

import com.google.common.collect.ImmutableList;
import io.github.mgn4j.engine.internal.TrainingKernels;
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

/** Applies the rules to steps whose shapes are known, and removes steps without readers. */
final class Rewriter {
    private static final List<Rule> RULES = List.of(
            new ReluGradient(),
            new PointwiseConvolution(),
            new PointwiseProduct(),
            new RowBroadcast(),
            new ProductGradient());

    private final List<Rule> rules;
    private final Set<Value> outputs;
    private final Map<Value, Value> substitutes = new HashMap<>();
    private final Map<Value, Value> rectified = new HashMap<>();
    private final Map<String, Value> rows = new HashMap<>();
    private final Set<Value> read = new HashSet<>();
    private int temporaries;

    /**
     * Creates a rewriter.
     *
     * @param outputs values that must keep their identity
     * @param kernels compute steps if they are not null
     */
    Rewriter(Collection<Value> outputs, @Nullable TrainingKernels kernels) {
        this.outputs = Set.copyOf(outputs);
        rules = kernels == null
                ? RULES
                : ImmutableList.<Rule>builder()
                        .add(new KernelRule(kernels))
                        .addAll(RULES)
                        .build();
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
            for (Rule rule : rules) {
                replacement = replacement == null ? rule.rewrite(step, this) : replacement;
            }
            rewritten.addAll(replacement == null ? List.of(step) : replacement);
        }
        return withoutUnread(rewritten);
    }

    /** Removes steps none of whose outputs is read or an output of the graph. */
    private List<Step> withoutUnread(List<Step> steps) {
        Set<Value> needed = new HashSet<>(outputs);
        List<Step> kept = new ArrayList<>();
        for (int i = steps.size() - 1; i >= 0; i--) {
            Step step = steps.get(i);
            if (step.outputs().stream().anyMatch(needed::contains)) {
                needed.addAll(step.inputs());
                kept.add(0, step);
            }
        }
        return kept;
    }

    /** Returns whether a step reads this value or it is an output of the graph. */
    boolean isRead(Value value) {
        return outputs.contains(value) || read.contains(value);
    }

    /** Redirects all readers of a value to {@code instead}; false if the value is an output of the graph. */
    boolean substitute(Value value, Value instead) {
        if (outputs.contains(value)) {
            return false;
        }
        substitutes.put(value, instead);
        return true;
    }

    /** Returns the ReLU of a value, if an earlier step computes it. */
    @Nullable
    Value rectified(Value value) {
        return rectified.get(value);
    }

    /** Creates a value between new steps. */
    Value temporary(Step owner, DataType type, long... shape) {
        Value value = new Value(owner.name() + "/" + temporaries++, Value.Kind.COMPUTED);
        value.type = type;
        value.shape = shape;
        return value;
    }

    /** Returns a constant row {@code [1, length]}. */
    Value row(double element, long length, DataType type) {
        return rows.computeIfAbsent(element + "x" + length + type, key -> {
            Value value = new Value("row " + key, Value.Kind.CONSTANT);
            value.hold(Nd4j.valueArrayOf(new long[] {1, length}, element, type));
            return value;
        });
    }

    /** Returns the constants created by the rules; the plan owns them. */
    List<INDArray> constants() {
        return rows.values().stream().map(Value::requireArray).toList();
    }
}
