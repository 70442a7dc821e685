package io.github.mgn4j.report;

/**
 * One step of a training run.
 *
 * @param iteration from 1
 * @param loss the whole objective
 * @param softmax mean of its classification terms
 * @param triplet mean of its triplet terms
 */
public record LossPoint(int iteration, double loss, double softmax, double triplet) {}
