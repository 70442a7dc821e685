package io.github.mgn4j.spec;

/**
 * The feature of a horizontal stripe of a branch's map, pooled and reduced.
 *
 * @param name such as {@code p3_2}; unique in a network
 * @param branch index of the branch, from 0
 * @param dims length of the reduced vector
 * @param stripes the granularity: the number of stripes of the map
 * @param stripe index of the stripe, from 0 at the top
 */
public record LocalFeature(String name, int branch, int dims, int stripes, int stripe) implements FeaturePart {}
