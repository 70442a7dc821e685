package io.github.mgn4j.verify;

import java.util.OptionalDouble;

/**
 * The verdict on two images. Immutable.
 *
 * @param distance the distance between their features
 * @param threshold the largest distance at which they count as the same person
 * @param falseAcceptRate an upper bound on the fraction of pairs of different persons that the threshold accepts, as
 *     measured on its data set; empty if it was not measured
 */
public record Comparison(double distance, double threshold, OptionalDouble falseAcceptRate) {
    /** Returns whether the images count as the same person. */
    public boolean same() {
        return distance <= threshold;
    }
}
