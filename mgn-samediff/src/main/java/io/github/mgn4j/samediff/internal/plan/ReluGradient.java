package io.github.mgn4j.samediff.internal.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Computes the gradient of ReLU as sign(y) dy of its result y. ND4J's own takes ten times as long, and needs the input x, so
 * that the ReLU could not overwrite it.
 */
final class ReluGradient implements Rule {
    @Override
    public @Nullable List<Step> rewrite(Step step, Rewriter rewriter) {
        Value y = rectified(step, rewriter);
        Value out = step.outputs().get(0);
        if (y == null) {
            return null;
        }
        Value sign = rewriter.temporary(step, out.type, out.shape);
        return List.of(
                Steps.sign(step, y, sign), Steps.times(step, sign, step.inputs().get(1), out));
    }

    /** Returns the result of the ReLU whose gradient a step computes; null if it is another step, or the result is not known. */
    static @Nullable Value rectified(Step step, Rewriter rewriter) {
        if (!step.op().opName().equals("thresholdedrelu_bp") || !(step.op() instanceof DynamicCustomOp op)) {
            return null;
        }
        for (double cutoff : op.tArgs()) {
            if (cutoff != 0) {
                return null;
            }
        }
        return rewriter.rectified(step.inputs().get(0));
    }
}
