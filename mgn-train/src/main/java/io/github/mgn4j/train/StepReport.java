package io.github.mgn4j.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one training step was like.
 *
 * @param epoch counted from 1
 * @param iteration counted from 1 over all epochs
 * @param loss the total that was differentiated, before the weights changed
 * @param softmax its softmax part: the mean of the softmax terms
 * @param triplet its triplet part: the mean of the triplet terms
 * @param terms every term without its weight, by name
 * @param lr the learning rate of the step
 * @param imagesPerSecond of the step, loading included
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
