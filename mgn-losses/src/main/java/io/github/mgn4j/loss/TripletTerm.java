package io.github.mgn4j.loss;

import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.GlobalFeature;
import io.github.mgn4j.spec.LocalFeature;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The triplet loss on the reduced vector of one global feature. A stripe of a badly cropped image may contain only
 * background, and pulling it towards stripes of its identity harms the model (section 3.3 of the paper). A stripe is
 * therefore a compile-time error here; the experiment that shows the harm has an unmistakable factory method of its own.
 * Immutable.
 */
public final class TripletTerm implements LossTerm {
    private final FeaturePart feature;
    private final double weight;
    private final TripletLoss loss;

    private TripletTerm(FeaturePart feature, double weight, TripletLoss loss) {
        SoftmaxTerm.checkWeight(weight);
        this.feature = feature;
        this.weight = weight;
        this.loss = loss;
    }

    /** Creates the loss on a global feature. */
    public static TripletTerm of(GlobalFeature feature, double weight, TripletLoss loss) {
        return new TripletTerm(feature, weight, loss);
    }

    /** Creates the loss on a stripe, an ablation that the paper advises against. */
    public static TripletTerm onStripeAgainstThePaper(LocalFeature stripe, double weight, TripletLoss loss) {
        return new TripletTerm(stripe, weight, loss);
    }

    /** Returns this term with its weight multiplied. */
    TripletTerm weighted(double factor) {
        return new TripletTerm(feature, weight * factor, loss);
    }

    @Override
    public FeaturePart feature() {
        return feature;
    }

    @Override
    public double weight() {
        return weight;
    }

    /** Returns the loss and its settings. */
    public TripletLoss loss() {
        return loss;
    }

    @Override
    public boolean readsLogits() {
        return false;
    }

    @Override
    public String name() {
        return "triplet/" + feature.name();
    }

    @Override
    public String description() {
        String kind = "batch-hard triplet, " + (loss.soft() ? "soft margin" : "margin " + loss.margin());
        return feature instanceof LocalFeature ? kind + " (a stripe, against the paper)" : kind;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TripletTerm that
                && feature.equals(that.feature)
                && weight == that.weight
                && loss.equals(that.loss);
    }

    @Override
    public int hashCode() {
        return Objects.hash(feature, weight, loss);
    }

    @Override
    public String toString() {
        return "TripletTerm[feature=" + feature + ", weight=" + weight + ", loss=" + loss + "]";
    }
}
