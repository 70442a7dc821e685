package io.github.mgn4j.loss;

import com.google.common.base.Preconditions;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The cross entropy of the softmax of identity logits, averaged over the batch:
 * {@code -mean_i sum_c t_ic log softmax(z_i)_c} with targets
 * {@code t = (1 - labelSmoothing) * onehot + labelSmoothing / classes} (as in PyTorch's {@code CrossEntropyLoss}).
 *
 * <p>It is built from log-softmax and products, because the gradients of SameDiff's own cross-entropy losses ignore the
 * upstream gradient and so lose every weight. Finite logits give a finite loss.
 *
 * @param labelSmoothing fraction of the target that is spread evenly over all classes, 0 (the paper) to below 1
 */
public record SoftmaxLoss(double labelSmoothing) {
    public SoftmaxLoss {
        Preconditions.checkArgument(
                labelSmoothing >= 0 && labelSmoothing < 1,
                "label smoothing must be 0 or more and below 1, not %s",
                labelSmoothing);
    }

    /** Returns cross entropy without label smoothing. */
    public static SoftmaxLoss plain() {
        return new SoftmaxLoss(0);
    }

    /**
     * Adds the loss to a graph.
     *
     * @param logits {@code [batch, classes]}
     * @param oneHot {@code [batch, classes]} of the logits' type: 1 at each image's class, else 0
     * @param classes number of classes
     * @return a scalar
     */
    public SDVariable apply(SameDiff sd, SDVariable logits, SDVariable oneHot, int classes) {
        SDVariable targets =
                labelSmoothing == 0 ? oneHot : oneHot.mul(1 - labelSmoothing).add(labelSmoothing / classes);
        return logSoftmax(sd, logits).mul(targets).sum(1).neg().mean();
    }

    /**
     * Builds log-softmax. SameDiff's own takes the logarithm of the softmax, which is -infinity for a logit 104 below the largest.
     */
    private static SDVariable logSoftmax(SameDiff sd, SDVariable logits) {
        SDVariable shifted = logits.sub(logits.max(true, 1));
        SDVariable sums = sd.math().exp(shifted).sum(true, 1);
        return shifted.sub(sd.math().log(sums));
    }
}
