package io.github.mgn4j.eval;

/**
 * A bootstrap interval of a figure.
 *
 * @param low its lower end
 * @param high its upper end
 */
public record Interval(double low, double high) {}
