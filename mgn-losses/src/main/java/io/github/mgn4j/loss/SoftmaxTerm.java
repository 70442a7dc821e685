package io.github.mgn4j.loss;

import io.github.mgn4j.spec.FeaturePart;

/** The identity classification of one feature, global or local. */
public record SoftmaxTerm(FeaturePart feature, double weight, SoftmaxLoss loss) implements LossTerm {
    public SoftmaxTerm {
        LossTerm.checkWeight(weight);
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
