package io.github.mgn4j.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The result of one training step.
 *
 * @param epoch epoch, counted from 1
 * @param iteration step, counted from 1 over all epochs
 * @param loss total loss, before the weights changed
 * @param softmax sum of the weighted softmax terms; in the article's objective their mean, because the weights are 1
 *     over their number
 * @param triplet sum of the weighted triplet terms; in the article's objective their mean
 * @param terms value of every term before weighting, by name
 * @param lr learning rate of the step
 * @param imagesPerSecond images per second, loading included
 */
public record StepReport(
        int epoch,
        long iteration,
        double loss,
        double softmax,
        double triplet,
        Map<String, Double> terms,
        double lr,
        double imagesPerSecond) {
    public StepReport {
        terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
    }
}
