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
 * Determines the shapes of every step's results. Values that depend only on shapes and constants are computed once and
 * become constants; the rest of the graph takes neither time nor memory here. Returns the remaining steps.
 */
final class ShapePass {
    private final List<Step> steps;
    /**
     * Memory as large as the largest value; it stands in for all values that are not computed, and is never accessed.
     */
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

    /** Returns whether the step's results have become constants. */
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
            // Arrays over the smaller buffer are held only by closed contexts.
            DataBuffer larger = Nd4j.createBuffer(value.type, Math.max(1, value.length()), false);
            scratch.put(value.type, larger);
            if (buffer != null) {
                Operations.close(buffer);
            }
            buffer = larger;
        }
        return value.over(buffer, 0);
    }
}
