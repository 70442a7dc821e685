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
 * @param softmax its softmax part: the sum of the softmax terms, each times its weight; their mean in the article's objective,
 *     where the weights are 1 over their number
 * @param triplet its triplet part: the sum of the triplet terms, each times its weight; their mean in the article's objective
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
