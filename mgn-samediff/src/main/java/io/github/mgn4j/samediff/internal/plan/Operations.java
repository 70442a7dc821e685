package io.github.mgn4j.samediff.internal.plan;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/** A common interface to ND4J's two kinds of operations. */
final class Operations {
    private Operations() {}

    /** Rejects operations that cannot be replayed: control flow, tensor arrays, random numbers. */
    static void check(Step step) {
        DifferentialFunction op = step.op();
        boolean supported = op instanceof DynamicCustomOp
                || op instanceof ScalarOp
                || op instanceof TransformOp
                || op instanceof ReduceOp;
        if (!supported) {
            throw new PlanException("operation '%s' (%s) cannot be planned"
                    .formatted(step.name(), op.getClass().getSimpleName()));
        }
    }

    /** Creates a context with the operation's arguments and inputs. */
    static OpContext context(Step step, List<INDArray> inputs) {
        OpContext context = Nd4j.getExecutioner().buildContext();
        if (step.op() instanceof CustomOp op) {
            context.setIArguments(op.iArgs());
            context.setTArguments(op.tArgs());
            context.setBArguments(op.bArgs());
            context.setDArguments(op.dArgs());
        }
        context.setInputArrays(inputs);
        return context;
    }

    static List<LongShapeDescriptor> outputShapes(Step step, OpContext context) {
        return step.op().calculateOutputShape(context);
    }

    static void execute(Step step, OpContext context) {
        if (step.op() instanceof CustomOp op) {
            Nd4j.exec(op, context);
        } else {
            Nd4j.exec((Op) step.op(), context);
        }
    }

    /** Frees native memory; closing it does not fail in practice. */
    static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the inputs whose memory the first result may take. */
    static List<Value> overwritable(Step step) {
        if (step.op() instanceof KernelCall call) {
            return call.overwritable().stream().map(step.inputs()::get).toList();
        }
        return isElementWise(step) && step.outputs().size() == 1 ? step.inputs() : List.of();
    }

    /**
     * Returns whether the result may overwrite the input: each element depends only on the elements at its own position.
     */
    private static boolean isElementWise(Step step) {
        return switch (step.op().opName()) {
            case "relu",
                    "add_scalar",
                    "sub_scalar",
                    "mul_scalar",
                    "div_scalar",
                    "pow",
                    "sqrt",
                    "rsqrt",
                    "square",
                    "neg",
                    "exp",
                    "log",
                    "abs",
                    "sign",
                    "identity",
                    "add",
                    "subtract",
                    "multiply",
                    "divide" -> true;
            default -> false;
        };
    }

    /** Returns whether the result is the input with another shape. */
    static boolean isReshape(Step step) {
        return switch (step.op().opName()) {
            case "reshape", "expand_dims", "squeeze", "identity" -> true;
            default -> false;
        };
    }

    /** Returns whether the result depends only on the shapes of the inputs. */
    static boolean isShapeOnly(Step step) {
        return switch (step.op().opName()) {
            case "shape_of", "size", "size_at", "rank", "ones_as", "zeros_as" -> true;
            default -> false;
        };
    }

    /**
     * Returns whether the shapes of the results depend on the values of the inputs, which no plan can foresee.
     */
    static boolean hasShapeFromValues(Step step) {
        return switch (step.op().opName()) {
            case "Where",
                    "where_np",
                    "choose",
                    "unique",
                    "unique_with_counts",
                    "listdiff",
                    "dynamic_partition",
                    "non_max_suppression",
                    "non_max_suppression_v3",
                    "sequence_mask",
                    "range",
                    "fill" -> true;
            default -> false;
        };
    }
}
