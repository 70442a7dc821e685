package io.github.mgn4j.eval;

/**
 * A bootstrap interval of a metric.
 *
 * @param low lower end
 * @param high upper end
 */
public record Interval(double low, double high) {}
