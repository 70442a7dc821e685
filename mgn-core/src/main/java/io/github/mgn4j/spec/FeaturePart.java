package io.github.mgn4j.spec;

/**
 * One vector of a network's output. Its kind is its type, so that operations for global features only (the triplet loss)
 * can require that in their signature.
 */
public sealed interface FeaturePart permits GlobalFeature, LocalFeature {
    /** Returns the feature's name, such as {@code g1} or {@code p3_2}; unique in a network. */
    String name();

    /** Returns the index of the feature's branch, from 0. */
    int branch();

    /** Returns the length of the reduced vector. */
    int dims();
}
