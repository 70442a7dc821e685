package io.github.mgn4j.model;

import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.verify.VerificationThresholds;
import org.jspecify.annotations.Nullable;

/**
 * A network and its weights, checked to belong together, and what was measured with them. Immutable. A model of other
 * weights, one that was trained from this for example, has neither ranges nor thresholds of it.
 *
 * @param ranges what 8-bit engines need to know; null as long as the model has not been calibrated
 * @param thresholds for same-person verdicts; null as long as none have been measured
 */
public record Model(
        MgnSpec spec,
        Weights weights,
        @Nullable ActivationRanges ranges,
        @Nullable VerificationThresholds thresholds) {
    /**
     * Puts them together.
     *
     * @throws WeightsException if the weights are not the network's, or have a value that no network can have
     */
    public Model {
        weights.check(spec);
    }

    /** A model without thresholds. */
    public Model(MgnSpec spec, Weights weights, @Nullable ActivationRanges ranges) {
        this(spec, weights, ranges, null);
    }

    /** A model that has not been calibrated. */
    public Model(MgnSpec spec, Weights weights) {
        this(spec, weights, null, null);
    }

    /** Returns this model with other ranges. */
    public Model withRanges(@Nullable ActivationRanges newRanges) {
        return new Model(spec, weights, newRanges, thresholds);
    }

    /** Returns this model with other thresholds. */
    public Model withThresholds(@Nullable VerificationThresholds newThresholds) {
        return new Model(spec, weights, ranges, newThresholds);
    }
}
