package io.github.mgn4j.verify;

import java.util.OptionalDouble;

/**
 * The verdict on two images. Immutable.
 *
 * @param distance between their features
 * @param threshold the largest distance at which they count as one person
 * @param falseAcceptRate part of the pairs of two people that the threshold accepts, at most, on the data that it was
 *     measured on; empty where it was not measured
 */
public record Comparison(double distance, double threshold, OptionalDouble falseAcceptRate) {
    /** Returns whether the images count as one person. */
    public boolean same() {
        return distance <= threshold;
    }
}
