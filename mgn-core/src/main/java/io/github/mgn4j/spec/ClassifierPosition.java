package io.github.mgn4j.spec;

/**
 * The vector of a global feature that the identity classifier sees. Stripes are always classified after their reduction.
 */
public enum ClassifierPosition {
    /** The pooled vector, 2048 values for ResNet-50: the paper's choice. */
    BEFORE_REDUCTION,
    /** The reduced vector, 256 values: the choice of most public code. */
    AFTER_REDUCTION
}
