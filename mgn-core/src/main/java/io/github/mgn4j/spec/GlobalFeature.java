package io.github.mgn4j.spec;

/** The whole map of a branch, pooled and reduced. */
public record GlobalFeature(String name, int branch, int dims) implements FeaturePart {}
