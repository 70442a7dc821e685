package io.github.mgn4j.report;

/**
 * The losses of one training step, for a report's chart.
 *
 * @param iteration step, counted from 1
 * @param loss value of the whole objective
 * @param softmax mean of the classification terms
 * @param triplet mean of the triplet terms
 */
public record LossPoint(int iteration, double loss, double softmax, double triplet) {}
