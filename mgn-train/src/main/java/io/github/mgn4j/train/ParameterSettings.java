package io.github.mgn4j.train;

import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;

/**
 * Settings for parameters that are trained differently from the others.
 *
 * @param newLayersLr multiplier of the learning rate for the layers that no pretrained backbone has: reductions and
 *     classifiers; 0 or more
 * @param decayBatchNorm whether weight decay applies to the scales and shifts of batch norms
 * @param decayBias whether weight decay applies to the biases of classifiers
 * @param freezeBackbone number of steps from the start in which only the new layers are trained, 0 or more. Frozen
 *     parameters have no update, no decay and accumulate no momentum. Their batch norms still normalise by the batch's
 *     statistics, and their running statistics still follow the data
 */
public record ParameterSettings(double newLayersLr, boolean decayBatchNorm, boolean decayBias, int freezeBackbone) {
    /** The article's settings: no differences. */
    public static final ParameterSettings MGN = new ParameterSettings(1, true, true, 0);

    /**
     * Checks the settings.
     *
     * @throws RecipeException if a value is negative
     */
    public ParameterSettings {
        RecipeException.check(
                newLayersLr >= 0 && newLayersLr < Double.POSITIVE_INFINITY,
                "new-layers-lr must be 0 or more, not %s",
                newLayersLr);
        RecipeException.check(freezeBackbone >= 0, "freeze-backbone must be 0 or more, not %s", freezeBackbone);
    }

    /** Returns these settings with another {@link #newLayersLr}. */
    public ParameterSettings withNewLayersLr(double value) {
        return new ParameterSettings(value, decayBatchNorm, decayBias, freezeBackbone);
    }

    /** Returns these settings with another {@link #decayBatchNorm}. */
    public ParameterSettings withDecayBatchNorm(boolean value) {
        return new ParameterSettings(newLayersLr, value, decayBias, freezeBackbone);
    }

    /** Returns these settings with another {@link #decayBias}. */
    public ParameterSettings withDecayBias(boolean value) {
        return new ParameterSettings(newLayersLr, decayBatchNorm, value, freezeBackbone);
    }

    /** Returns these settings with another {@link #freezeBackbone}. */
    public ParameterSettings withFreezeBackbone(int value) {
        return new ParameterSettings(newLayersLr, decayBatchNorm, decayBias, value);
    }

    /** Returns the groups of a network's parameters. */
    public ParameterGroups groups(MgnSpec spec) {
        return ParameterGroups.by(NetworkSummary.of(spec).parameters(), this::group);
    }

    private ParameterGroup group(Parameter parameter) {
        boolean isNew = parameter.section() != Parameter.Section.BACKBONE;
        boolean decays = switch (parameter.kind()) {
            case NORM_WEIGHT, NORM_BIAS -> decayBatchNorm;
            case LINEAR_BIAS -> decayBias;
            default -> true;
        };
        return new ParameterGroup(
                (isNew ? "new" : "backbone") + (decays ? "" : ", no decay"), isNew ? newLayersLr : 1, decays ? 1 : 0);
    }
}
