package io.github.mgn4j.loss;

import io.github.mgn4j.spec.FeaturePart;

/**
 * One loss on one feature with its weight in the total. Sealed, because every kind of term states by type which features it
 * may meet; a program adds losses of its own as {@link CustomTerm}.
 */
public sealed interface LossTerm permits SoftmaxTerm, TripletTerm, CustomTerm {
    FeaturePart feature();

    /** What the loss is multiplied by in the sum; above 0. */
    double weight();

    /** Whether the loss reads the feature's logits; otherwise it reads its reduced vector. */
    boolean readsLogits();

    /** Unique in an objective: {@code softmax/g1}, {@code triplet/g1}. */
    String name();

    /** The loss and its settings in a few words, for tables. */
    String description();
}
