package io.github.mgn4j.samediff.internal.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Computes a 1x1 convolution of stride 1 in NHWC with bias as a matrix product, if its maps have few pixels. oneDNN, as ND4J calls
 * it, rearranges the weights for every convolution, which takes up to half of the time then; a product reads them as they are.
 */
final class PointwiseProduct implements Rule {
    /** Most pixels of a batch's maps; beyond that, both take the same time. */
    private static final long MOST_ROWS = 1024;

    @Override
    public @Nullable List<Step> rewrite(Step step, Rewriter rewriter) {
        if (!step.op().opName().equals("conv2d")
                || step.inputs().size() != 3
                || !(step.op() instanceof DynamicCustomOp op)
                || !PointwiseConvolution.isPointwise(op)) {
            return null;
        }
        Value x = step.inputs().get(0);
        Value y = step.outputs().get(0);
        long in = x.shape[3];
        long out = y.shape[3];
        long rows = x.length() / in;
        if (rows > MOST_ROWS) {
            return null;
        }
        List<Step> steps = new ArrayList<>();
        Value xRows = PointwiseConvolution.view(step, x, rewriter, steps, rows, in);
        Value weights = PointwiseConvolution.view(step, step.inputs().get(1), rewriter, steps, in, out);
        Value product = rewriter.temporary(step, y.type, rows, out);
        steps.add(Steps.productAndBias(step, xRows, weights, step.inputs().get(2), product));
        steps.add(Steps.view(step, product, y));
        return steps;
    }
}
