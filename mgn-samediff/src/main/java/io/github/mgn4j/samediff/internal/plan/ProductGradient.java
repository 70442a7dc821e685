package io.github.mgn4j.samediff.internal.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Splits the gradient of a matrix product into its two products and keeps those that are read. */
final class ProductGradient implements Rule {
    @Override
    public @Nullable List<Step> rewrite(Step step, Rewriter rewriter) {
        if (!step.op().opName().equals("matmul_bp") || !(step.op() instanceof DynamicCustomOp op)) {
            return null;
        }
        for (long transpose : op.iArgs()) {
            if (transpose != 0) {
                return null;
            }
        }
        for (double argument : op.tArgs()) {
            if (argument != 1) {
                return null; // alpha and beta
            }
        }
        Value a = step.inputs().get(0);
        Value b = step.inputs().get(1);
        Value dy = step.inputs().get(2);
        if (a.shape.length != 2 || b.shape.length != 2) {
            return null;
        }
        List<Step> steps = new ArrayList<>();
        Value da = step.outputs().get(0);
        if (rewriter.isRead(da)) {
            steps.add(Steps.product(step, dy, false, b, true, da));
        }
        Value db = step.outputs().get(1);
        if (rewriter.isRead(db)) {
            steps.add(Steps.product(step, a, true, dy, false, db));
        }
        return steps;
    }
}
