package io.github.mgn4j.spec;

/**
 * One vector of a network's output. Its kind is its type, so that what may only be done with global features (the
 * triplet loss) can say so in its signature.
 */
public sealed interface FeaturePart permits GlobalFeature, LocalFeature {
    /** Field name such as {@code g1} or {@code p3_2}; unique in a network. */
    String name();

    /** Index of the branch it is read from, counted from 0. */
    int branch();

    /** Width of the reduced vector. */
    int dims();
}
