package io.github.mgn4j.spec;

/**
 * A horizontal stripe of a branch's map, pooled and reduced.
 *
 * @param stripes the granularity: how many stripes the map is cut into
 * @param stripe which of them, counted from 0 at the top
 */
public record LocalFeature(String name, int branch, int dims, int stripes, int stripe) implements FeaturePart {}
