package io.github.mgn4j.model;

import io.github.mgn4j.spec.MgnSpec;
import org.jspecify.annotations.Nullable;

/**
 * A network and its weights, checked to belong together. Immutable.
 *
 * @param ranges what 8-bit engines need to know; null as long as the model has not been calibrated
 */
public record Model(MgnSpec spec, Weights weights, @Nullable ActivationRanges ranges) {
    /**
     * Puts them together.
     *
     * @throws WeightsException if the weights are not the network's, or have a value that no network can have
     */
    public Model {
        weights.check(spec);
    }

    /** A model that has not been calibrated. */
    public Model(MgnSpec spec, Weights weights) {
        this(spec, weights, null);
    }
}
