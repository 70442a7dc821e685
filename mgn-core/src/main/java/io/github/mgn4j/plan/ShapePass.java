package io.github.mgn4j.plan;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs the steps once, freeing each array after its last use, to learn every shape; what depends on shapes and
 * constants alone becomes a constant. Returns the steps that remain.
 */
final class ShapePass {
    private final List<Step> steps;
    private final List<Step> remaining = new ArrayList<>();

    ShapePass(List<Step> steps) {
        this.steps = steps;
    }

    List<Step> run() {
        try {
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                Operations.check(step);
                execute(step);
                if (isConstant(step)) {
                    step.outputs().forEach(value -> value.kind = Value.Kind.CONSTANT);
                } else {
                    remaining.add(step);
                }
                freeDead(step, i);
            }
        } finally {
            for (Step step : remaining) {
                step.outputs().forEach(ShapePass::free);
            }
        }
        return remaining;
    }

    private static boolean isConstant(Step step) {
        return Operations.isShapeOnly(step)
                || step.inputs().stream().allMatch(value -> value.kind == Value.Kind.CONSTANT);
    }

    private static void execute(Step step) {
        List<INDArray> inputs = step.inputs().stream().map(Value::requireArray).toList();
        OpContext context = Operations.context(step, inputs);
        try {
            List<LongShapeDescriptor> shapes = Operations.outputShapes(step, context);
            for (int o = 0; o < step.outputs().size(); o++) {
                Value value = step.outputs().get(o);
                LongShapeDescriptor shape = shapes.get(o);
                value.shape = shape.getShape();
                value.type = shape.dataType();
                INDArray array = Nd4j.createUninitialized(value.type, value.shape, 'c');
                value.array = array;
                context.setOutputArray(o, array);
            }
            Operations.execute(step, context);
        } catch (RuntimeException e) {
            throw new IllegalStateException("operation '" + step.name() + "' failed while its graph was planned", e);
        } finally {
            Operations.close(context);
        }
    }

    private static void freeDead(Step step, int index) {
        for (Value value : step.inputs()) {
            if (value.isComputed() && value.lastUse == index) {
                free(value);
            }
        }
        for (Value value : step.outputs()) {
            if (value.isComputed() && value.lastUse < index) {
                free(value);
            }
        }
    }

    private static void free(Value value) {
        INDArray array = value.array;
        if (value.isComputed() && array != null) {
            array.close();
            value.array = null;
        }
    }
}
