package io.github.mgn4j.verify;

import java.util.OptionalDouble;

/**
 * The verdict on two images. Immutable.
 *
 * @param distance between their features
 * @param threshold the largest distance at which they count as one person
 * @param falseAcceptRate part of the pairs of two people that the threshold accepts, at most, on the data that it was
 *     measured on; empty where nobody measured
 */
public record Comparison(double distance, double threshold, OptionalDouble falseAcceptRate) {
    /** Returns whether the verdict is: the same person. */
    public boolean same() {
        return distance <= threshold;
    }
}
