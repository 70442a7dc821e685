package io.github.mgn4j.loss;

import com.google.common.base.Preconditions;
import io.github.mgn4j.spec.FeaturePart;

/**
 * The identity classification of one feature, global or local.
 *
 * @param feature the feature to classify
 * @param weight factor of the loss in the sum; above 0
 * @param loss the loss and its settings
 */
public record SoftmaxTerm(FeaturePart feature, double weight, SoftmaxLoss loss) implements LossTerm {
    public SoftmaxTerm {
        checkWeight(weight);
    }

    static void checkWeight(double weight) {
        Preconditions.checkArgument(
                weight > 0 && weight < Double.POSITIVE_INFINITY,
                "the weight of a loss must be above 0, not %s",
                weight);
    }

    @Override
    public boolean readsLogits() {
        return true;
    }

    @Override
    public String name() {
        return "softmax/" + feature.name();
    }

    @Override
    public String description() {
        return loss.labelSmoothing() == 0 ? "cross entropy" : "cross entropy, label smoothing " + loss.labelSmoothing();
    }
}
