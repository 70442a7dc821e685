package io.github.mgn4j.verify;

import static io.github.mgn4j.verify.VerificationException.check;

/**
 * The distance up to which two images count as the same person, at a false-accept rate. Immutable.
 *
 * @param falseAcceptRate an upper bound on the fraction of pairs of different persons that are accepted: above 0 and below 1
 * @param distance the largest distance that is accepted
 * @param trueAcceptRate the fraction of pairs of the same person that are accepted
 */
public record Threshold(double falseAcceptRate, double distance, double trueAcceptRate) {
    /**
     * Creates a threshold.
     *
     * @throws VerificationException if a value is not possible
     */
    public Threshold {
        checkRate(falseAcceptRate);
        check(
                distance >= 0 && Double.isFinite(distance),
                "threshold must be 0 or more and finite, not %s (false-accept rate %s)",
                distance,
                falseAcceptRate);
        check(
                trueAcceptRate >= 0 && trueAcceptRate <= 1,
                "true-accept rate must lie in 0..1, not %s (false-accept rate %s)",
                trueAcceptRate,
                falseAcceptRate);
    }

    static void checkRate(double rate) {
        check(rate > 0 && rate < 1, "false-accept rate must lie between 0 and 1, not %s", rate);
    }
}
