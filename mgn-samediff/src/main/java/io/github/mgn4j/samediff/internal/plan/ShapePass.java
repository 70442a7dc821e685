package io.github.mgn4j.samediff.internal.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Asks every step for the shapes of its results. Only what depends on shapes and constants alone is computed, once, and
 * becomes a constant: the rest of a graph costs neither time nor memory here. Returns the steps that remain.
 */
final class ShapePass {
    private final List<Step> steps;
    /** Memory as large as the largest value, which stands in for all that are not computed: nobody reads or writes it. */
    private final Map<DataType, DataBuffer> scratch = new EnumMap<>(DataType.class);

    ShapePass(List<Step> steps) {
        this.steps = steps;
    }

    List<Step> run() {
        List<Step> remaining = new ArrayList<>();
        try {
            for (Step step : steps) {
                Operations.check(step);
                if (!visit(step)) {
                    remaining.add(step);
                }
            }
        } finally {
            scratch.values().forEach(Operations::close);
        }
        return remaining;
    }

    /** Whether the step's results are constants now. */
    private boolean visit(Step step) {
        boolean constant = step.inputs().stream().allMatch(value -> value.kind == Value.Kind.CONSTANT);
        if (!constant && Operations.hasShapeFromValues(step)) {
            throw new PlanException("operation '%s' (%s) has a result whose shape depends on values"
                    .formatted(step.name(), step.op().opName()));
        }
        OpContext context = Operations.context(
                step, step.inputs().stream().map(this::standIn).toList());
        try {
            List<LongShapeDescriptor> shapes = Operations.outputShapes(step, context);
            for (int o = 0; o < step.outputs().size(); o++) {
                Value value = step.outputs().get(o);
                value.shape = shapes.get(o).getShape();
                value.type = shapes.get(o).dataType();
            }
            if (constant || Operations.isShapeOnly(step)) {
                execute(step, context);
                return true;
            }
            return false;
        } catch (RuntimeException e) {
            throw new IllegalStateException("operation '" + step.name() + "' failed while its graph was planned", e);
        } finally {
            Operations.close(context);
        }
    }

    private static void execute(Step step, OpContext context) {
        for (int o = 0; o < step.outputs().size(); o++) {
            Value value = step.outputs().get(o);
            INDArray array = Nd4j.createUninitialized(value.type, value.shape, 'c');
            value.array = array;
            value.kind = Value.Kind.CONSTANT;
            context.setOutputArray(o, array);
        }
        Operations.execute(step, context);
    }

    private INDArray standIn(Value value) {
        if (value.array != null) {
            return value.array;
        }
        DataBuffer buffer = scratch.get(value.type);
        if (buffer == null || buffer.length() < value.length()) {
            // Arrays made over the smaller one are kept by contexts that are closed already.
            DataBuffer larger = Nd4j.createBuffer(value.type, Math.max(1, value.length()), false);
            scratch.put(value.type, larger);
            if (buffer != null) {
                Operations.close(buffer);
            }
            buffer = larger;
        }
        return Nd4j.create(buffer, value.shape, Nd4j.getStrides(value.shape, 'c'), 0, 'c', value.type);
    }
}
