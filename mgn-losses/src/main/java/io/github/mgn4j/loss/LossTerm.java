package io.github.mgn4j.loss;

import io.github.mgn4j.spec.FeaturePart;

/** One loss on one feature with its weight in the total. */
public sealed interface LossTerm permits SoftmaxTerm, TripletTerm {
    FeaturePart feature();

    /** What the loss is multiplied by in the sum; above 0. */
    double weight();

    /** Unique in an objective: {@code softmax/g1}, {@code triplet/g1}. */
    String name();

    /** The loss and its settings in a few words, for tables. */
    String description();

    static void checkWeight(double weight) {
        LossException.check(
                weight > 0 && weight < Double.POSITIVE_INFINITY,
                "the weight of a loss must be above 0, not %s",
                weight);
    }
}
