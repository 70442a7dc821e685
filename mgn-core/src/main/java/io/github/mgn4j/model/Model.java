package io.github.mgn4j.model;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.verify.VerificationThresholds;
import org.jspecify.annotations.Nullable;

/**
 * A network with matching weights, the ranges and thresholds measured with them, and their origin. Immutable. Ranges and
 * thresholds belong to the weights: a model trained from this one has none. The origin is kept.
 *
 * @param spec the network
 * @param weights exactly the tensors of the network
 * @param preprocessing what the network expects of its images
 * @param ranges activation ranges for 8-bit engines; null if the model has not been calibrated
 * @param thresholds thresholds for same-person verdicts; null if none have been measured
 * @param provenance the files that the weights came from; null if they came from none, or it is unknown
 */
public record Model(
        MgnSpec spec,
        Weights weights,
        Preprocessing preprocessing,
        @Nullable ActivationRanges ranges,
        @Nullable VerificationThresholds thresholds,
        @Nullable Provenance provenance) {
    /**
     * Creates a model and checks its weights.
     *
     * @throws WeightsException if the weights do not fit the network, or have a value that no network can have
     */
    public Model {
        weights.check(spec);
    }

    /** Creates a model with the paper's preprocessing and without provenance. */
    public Model(
            MgnSpec spec,
            Weights weights,
            @Nullable ActivationRanges ranges,
            @Nullable VerificationThresholds thresholds) {
        this(spec, weights, Preprocessing.imageNet(), ranges, thresholds, null);
    }

    /** Creates a model with the paper's preprocessing and without thresholds and provenance. */
    public Model(MgnSpec spec, Weights weights, @Nullable ActivationRanges ranges) {
        this(spec, weights, ranges, null);
    }

    /** Creates a model with the paper's preprocessing and without ranges, thresholds and provenance. */
    public Model(MgnSpec spec, Weights weights) {
        this(spec, weights, null, null);
    }

    /** Returns this model with other preprocessing and without the ranges and thresholds measured with its own. */
    public Model withPreprocessing(Preprocessing other) {
        return other.equals(preprocessing) ? this : new Model(spec, weights, other, null, null, provenance);
    }

    /** Returns this model with other ranges. */
    public Model withRanges(@Nullable ActivationRanges newRanges) {
        return new Model(spec, weights, preprocessing, newRanges, thresholds, provenance);
    }

    /** Returns this model with other thresholds. */
    public Model withThresholds(@Nullable VerificationThresholds newThresholds) {
        return new Model(spec, weights, preprocessing, ranges, newThresholds, provenance);
    }

    /** Returns this model with another provenance. */
    public Model withProvenance(@Nullable Provenance newProvenance) {
        return new Model(spec, weights, preprocessing, ranges, thresholds, newProvenance);
    }
}
