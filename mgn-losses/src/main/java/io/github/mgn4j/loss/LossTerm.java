package io.github.mgn4j.loss;

import io.github.mgn4j.spec.FeaturePart;

/**
 * One loss on one feature with its weight in the total. The interface is sealed, because every kind of term restricts its
 * features by type. A program adds its own losses as {@link CustomTerm}.
 */
public sealed interface LossTerm permits SoftmaxTerm, TripletTerm, CustomTerm {
    /** Returns the feature that the loss is computed on. */
    FeaturePart feature();

    /** Returns the factor of the loss in the sum; above 0. */
    double weight();

    /** Returns whether the loss reads the feature's logits rather than its reduced vector. */
    boolean readsLogits();

    /** Returns the term's name, unique in an objective: {@code softmax/g1}, {@code triplet/g1}. */
    String name();

    /** Returns a short description of the loss and its settings for tables. */
    String description();
}
