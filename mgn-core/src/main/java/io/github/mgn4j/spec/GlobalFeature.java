package io.github.mgn4j.spec;

/**
 * The feature of a branch's whole map, pooled and reduced.
 *
 * @param name such as {@code g1}; unique in a network
 * @param branch index of the branch, from 0
 * @param dims length of the reduced vector
 */
public record GlobalFeature(String name, int branch, int dims) implements FeaturePart {}
