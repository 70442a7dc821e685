package io.github.mgn4j.samediff.internal.plan;

import io.github.mgn4j.engine.internal.TrainingKernels;
import io.github.mgn4j.engine.internal.TrainingKernels.BatchNormGradients;
import io.github.mgn4j.engine.internal.TrainingKernels.BatchNormOperands;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Gives float32 convolutions in NHWC, batch norms, ReLUs and sums of maps, and their gradients, to kernels. */
final class KernelRule implements Rule {
    /** NHWC, and weights [kH, kW, in, out], in a convolution's arguments 9 and 10. */
    private static final int FORMAT = 9;

    private final TrainingKernels kernels;
    /** The steps that compute a value as a sum by a kernel. */
    private final Map<Value, Step> sums = new HashMap<>();

    KernelRule(TrainingKernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public @Nullable List<Step> rewrite(Step step, Rewriter rewriter) {
        if (step.op().opName().equals("relu")) {
            return sumAndRelu(step);
        }
        boolean floats = step.inputs().stream().allMatch(v -> v.type == DataType.FLOAT || v.type == DataType.INT8);
        if (!floats || !(step.op() instanceof DynamicCustomOp op)) {
            return null;
        }
        if (op instanceof BatchNormOp norm) {
            return List.of(batchNorm(step, norm));
        }
        if (op instanceof BatchNormOp.Gradient gradient) {
            return List.of(batchNormGradient(step, gradient));
        }
        return switch (op.opName()) {
            case "conv2d" -> step.inputs().size() == 2 ? convolution(step, op) : null;
            case "conv2d_bp" -> step.inputs().size() == 3 ? gradients(step, op, rewriter) : null;
            case "add" -> sum(step);
            case "thresholdedrelu_bp" -> reluGradient(step, rewriter);
            default -> null;
        };
    }

    private static TrainingKernels.@Nullable Convolution shape(DynamicCustomOp op, Value x, Value weight) {
        long[] a = op.iArgs();
        boolean plain = a.length == 11 && a[6] == 1 && a[7] == 1 && a[8] == 0 && a[FORMAT] == 1 && a[FORMAT + 1] == 0;
        if (!plain) {
            return null;
        }
        long[] map = x.shape;
        long[] kernel = weight.shape;
        return new TrainingKernels.Convolution(
                map[0], map[1], map[2], map[3], kernel[3], kernel[0], kernel[1], a[2], a[3], a[4], a[5]);
    }

    private static @Nullable List<Step> convolution(Step step, DynamicCustomOp op) {
        TrainingKernels.Convolution shape =
                shape(op, step.inputs().get(0), step.inputs().get(1));
        return shape == null
                ? null
                : List.of(step(
                        step,
                        new KernelCall(
                                "convolution", List.of(), (k, o) -> k.convolution(shape, o.in(0), o.in(1), o.out(0))),
                        step.inputs(),
                        step.outputs()));
    }

    private static @Nullable List<Step> gradients(Step step, DynamicCustomOp op, Rewriter rewriter) {
        Value x = step.inputs().get(0);
        Value weight = step.inputs().get(1);
        Value dy = step.inputs().get(2);
        TrainingKernels.Convolution shape = shape(op, x, weight);
        if (shape == null) {
            return null;
        }
        List<Step> steps = new ArrayList<>();
        Value dWeight = step.outputs().get(1);
        if (rewriter.isRead(dWeight)) {
            KernelCall call = new KernelCall(
                    "convolution_weight_gradient",
                    List.of(),
                    (k, o) -> k.weightGradient(shape, o.in(0), o.in(1), o.out(0)));
            steps.add(step(step, call, List.of(x, dy), List.of(dWeight)));
        }
        Value dx = step.outputs().get(0);
        if (rewriter.isRead(dx)) {
            KernelCall call = new KernelCall(
                    "convolution_map_gradient", List.of(), (k, o) -> k.mapGradient(shape, o.in(0), o.in(1), o.out(0)));
            steps.add(step(step, call, List.of(dy, weight), List.of(dx)));
        }
        return steps;
    }

    private Step batchNorm(Step step, BatchNormOp op) {
        TrainingKernels.BatchNorm norm = op.norm(step.inputs().get(0).shape);
        if (norm.relu()) {
            step.outputs().get(3).shape = new long[] {kernels.maskBytes(norm)};
        }
        KernelCall call = new KernelCall("batch_norm", List.of(), (k, o) -> {
            long mask = norm.relu() ? o.out(3) : 0;
            BatchNormOperands at = new BatchNormOperands(o.in(0), o.in(1), o.in(2), o.out(1), o.out(2), mask);
            return k.batchNorm(norm, at, o.out(0));
        });
        return step(step, call, step.inputs(), step.outputs());
    }

    private static Step batchNormGradient(Step step, BatchNormOp.Gradient op) {
        TrainingKernels.BatchNorm norm = op.norm(step.inputs().get(1).shape);
        KernelCall call = new KernelCall("batch_norm_gradient", List.of(0), (k, o) -> {
            long mask = norm.relu() ? o.in(6) : 0;
            BatchNormOperands at = new BatchNormOperands(o.in(1), o.in(2), o.in(3), o.in(4), o.in(5), mask);
            return k.batchNormGradient(norm, at, new BatchNormGradients(o.in(0), o.out(0), o.out(1), o.out(2)));
        });
        return step(step, call, step.inputs(), step.outputs());
    }

    /** a + b of one shape. */
    private @Nullable List<Step> sum(Step step) {
        Value a = step.inputs().get(0);
        Value b = step.inputs().get(1);
        Value y = step.outputs().get(0);
        if (!Arrays.equals(a.shape, b.shape) || a.shape.length != 4) {
            return null;
        }
        sums.put(y, step);
        return List.of(step(step, sum(y, false), step.inputs(), step.outputs()));
    }

    private static KernelCall sum(Value y, boolean relu) {
        long length = y.length();
        return new KernelCall("sum", List.of(0, 1), (k, o) -> k.sum(length, o.in(0), o.in(1), o.out(0), relu));
    }

    /** The ReLU of a sum computes the sum, too, which is left out if nothing else reads it. */
    private @Nullable List<Step> sumAndRelu(Step step) {
        Step sum = sums.get(step.inputs().get(0));
        return sum == null ? null : List.of(step(step, sum(step.outputs().get(0), true), sum.inputs(), step.outputs()));
    }

    private static @Nullable List<Step> reluGradient(Step step, Rewriter rewriter) {
        Value y = ReluGradient.rectified(step, rewriter);
        if (y == null) {
            return null;
        }
        long length = y.length();
        KernelCall call = new KernelCall(
                "relu_gradient", List.of(1, 0), (k, o) -> k.reluGradient(length, o.in(0), o.in(1), o.out(0)));
        return List.of(step(step, call, List.of(y, step.inputs().get(1)), step.outputs()));
    }

    private static Step step(Step step, KernelCall call, List<Value> inputs, List<Value> outputs) {
        return new Step(step.name(), call, inputs, outputs);
    }
}
