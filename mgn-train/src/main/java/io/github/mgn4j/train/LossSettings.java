package io.github.mgn4j.train;

import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.loss.SoftmaxLoss;
import io.github.mgn4j.loss.TripletLoss;
import io.github.mgn4j.spec.MgnSpec;

/**
 * Constants of the article's objective. Immutable.
 *
 * @param margin margin of the triplet loss
 * @param softMargin whether the triplet loss uses a soft margin instead
 * @param labelSmoothing label smoothing of the softmax loss
 * @param softmaxWeight factor of the mean of the softmax terms; 0 omits them
 * @param tripletWeight factor of the mean of the triplet terms; 0 omits them
 */
public record LossSettings(
        double margin, boolean softMargin, double labelSmoothing, double softmaxWeight, double tripletWeight) {
    /**
     * Checks the settings.
     *
     * @throws RecipeException if a value is out of range, or both weights are 0
     */
    public LossSettings {
        RecipeException.check(
                margin >= 0 && margin < Double.POSITIVE_INFINITY, "margin must be 0 or more, not %s", margin);
        RecipeException.check(
                labelSmoothing >= 0 && labelSmoothing < 1,
                "label-smoothing must be 0 or more and below 1, not %s",
                labelSmoothing);
        checkWeight("softmax-weight", softmaxWeight);
        checkWeight("triplet-weight", tripletWeight);
        RecipeException.check(softmaxWeight + tripletWeight > 0, "softmax-weight and triplet-weight cannot both be 0");
    }

    private static void checkWeight(String name, double weight) {
        RecipeException.check(
                weight >= 0 && weight < Double.POSITIVE_INFINITY, "%s must be 0 or more, not %s", name, weight);
    }

    /**
     * Returns the objective for a network.
     *
     * @throws IllegalArgumentException if no term is left: triplets alone need global features
     */
    public Objective objective(MgnSpec spec) {
        TripletLoss triplet = softMargin ? TripletLoss.softMargin() : TripletLoss.withMargin(margin);
        return Objective.mgn(spec, new SoftmaxLoss(labelSmoothing), triplet).weighted(softmaxWeight, tripletWeight);
    }
}
