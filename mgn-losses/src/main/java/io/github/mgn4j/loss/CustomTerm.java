package io.github.mgn4j.loss;

import com.google.common.base.Preconditions;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.GlobalFeature;
import io.github.mgn4j.spec.LocalFeature;
import java.util.Set;
import java.util.regex.Pattern;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A program's own loss on one feature. The factory method determines its input: {@link #onLogits} takes the class scores of
 * any feature, {@link #onVector} the reduced vector of a global one. A loss on the vector of a stripe pulls background
 * together, as a triplet loss does (see {@link TripletTerm}), so it has a factory method of its own. Immutable.
 */
public final class CustomTerm implements LossTerm {
    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]*");
    private static final Set<String> RESERVED = Set.of("softmax", "triplet", "total", "custom");

    /**
     * Builds a loss in a SameDiff graph. The loss has no trainable variables, draws no random numbers and keeps no state between
     * steps, so that a resumed run gives the same numbers. May be called several times.
     */
    @FunctionalInterface
    public interface Loss {
        /**
         * Adds the loss to a graph. Operation names are scoped and need not be unique; constants are unnamed.
         *
         * @param input logits {@code [batch, classes]} or vectors {@code [batch, partLength]}, depending on the term's factory
         * @param oneHot {@code [batch, classes]} of the input's type: 1 at each image's class, else 0
         * @return a scalar that depends on the input and is differentiable; normally a mean over the batch
         */
        SDVariable apply(SameDiff sd, SDVariable input, SDVariable oneHot);
    }

    private final String kind;
    private final FeaturePart feature;
    private final double weight;
    private final Loss loss;
    private final boolean readsLogits;

    private CustomTerm(String kind, FeaturePart feature, double weight, Loss loss, boolean readsLogits) {
        Preconditions.checkArgument(
                KIND.matcher(kind).matches() && !RESERVED.contains(kind),
                "the kind of a loss must be a word of lower-case letters, digits, '_' and '-' other than %s, not '%s'",
                RESERVED,
                kind);
        SoftmaxTerm.checkWeight(weight);
        this.kind = kind;
        this.feature = feature;
        this.weight = weight;
        this.loss = loss;
        this.readsLogits = readsLogits;
    }

    /**
     * Creates a loss on the logits of a feature, global or local.
     *
     * @param kind the loss's name in logs: the term's name is {@code kind/feature}
     * @param weight factor of the loss in the sum; above 0
     */
    public static CustomTerm onLogits(String kind, FeaturePart feature, double weight, Loss loss) {
        return new CustomTerm(kind, feature, weight, loss, true);
    }

    /** Creates a loss on the reduced vector of a global feature, with the parameters of {@link #onLogits}. */
    public static CustomTerm onVector(String kind, GlobalFeature feature, double weight, Loss loss) {
        return new CustomTerm(kind, feature, weight, loss, false);
    }

    /**
     * Creates a loss on the reduced vector of a stripe, which the paper advises against, with the parameters of
     * {@link #onLogits}.
     */
    public static CustomTerm onStripeAgainstThePaper(String kind, LocalFeature stripe, double weight, Loss loss) {
        return new CustomTerm(kind, stripe, weight, loss, false);
    }

    @Override
    public FeaturePart feature() {
        return feature;
    }

    @Override
    public double weight() {
        return weight;
    }

    @Override
    public boolean readsLogits() {
        return readsLogits;
    }

    @Override
    public String name() {
        return kind + "/" + feature.name();
    }

    @Override
    public String description() {
        String what = kind + (readsLogits ? " of logits" : " of vectors");
        return feature instanceof LocalFeature && !readsLogits ? what + " (a stripe, against the paper)" : what;
    }

    @Override
    public String toString() {
        return "CustomTerm[" + name() + ", weight=" + weight + "]";
    }

    /** Adds the loss to a graph under a name scope. */
    SDVariable apply(SameDiff sd, SDVariable input, SDVariable oneHot) {
        NameScope scope = sd.withNameScope(kind + "_" + feature.name());
        try {
            return loss.apply(sd, input, oneHot);
        } finally {
            scope.close();
        }
    }
}
