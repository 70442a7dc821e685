package io.github.mgn4j.loss;

import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.GlobalFeature;
import io.github.mgn4j.spec.LocalFeature;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The triplet loss on the reduced vector of one feature. A global one: a stripe of a badly cropped image may hold
 * nothing but background, and pulling such a stripe towards those of its identity poisons the model (section 3.3 of the
 * paper). A stripe therefore does not compile here; the experiment that shows the harm has its own, unmistakable
 * factory. Immutable.
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

    /** The loss on a global feature. */
    public static TripletTerm of(GlobalFeature feature, double weight, TripletLoss loss) {
        return new TripletTerm(feature, weight, loss);
    }

    /** The ablation: the loss on a stripe, which the paper advises against. */
    public static TripletTerm onStripeAgainstThePaper(LocalFeature stripe, double weight, TripletLoss loss) {
        return new TripletTerm(stripe, weight, loss);
    }

    /** The same with its weight multiplied. */
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
