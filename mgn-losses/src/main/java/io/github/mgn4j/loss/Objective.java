package io.github.mgn4j.loss;

import com.google.common.base.Preconditions;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.GlobalFeature;
import io.github.mgn4j.spec.MgnSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The training objective of a network: the sum of its terms, each a loss on a feature times a weight. Immutable.
 *
 * @param terms at least one; each kind at most once per feature
 */
public record Objective(List<LossTerm> terms) {
    public Objective {
        terms = List.copyOf(terms);
        Preconditions.checkArgument(!terms.isEmpty(), "an objective needs at least one loss");
        Set<String> names = new HashSet<>();
        for (LossTerm term : terms) {
            Preconditions.checkArgument(names.add(term.name()), "the objective has two terms called '%s'", term.name());
        }
    }

    /**
     * Returns the paper's objective: {@link #mgn(MgnSpec, SoftmaxLoss, TripletLoss)} with cross entropy and margin 1.2.
     */
    public static Objective mgn(MgnSpec spec) {
        return mgn(spec, SoftmaxLoss.plain(), TripletLoss.standard());
    }

    /**
     * Returns the mean of the softmax losses of all features plus the mean of the triplet losses of the global features. A
     * network without global features has only softmax losses.
     */
    public static Objective mgn(MgnSpec spec, SoftmaxLoss softmax, TripletLoss triplet) {
        List<LossTerm> terms = new ArrayList<>(softmaxOnly(spec, softmax).terms());
        List<GlobalFeature> globals = spec.globalFeatures();
        globals.forEach(f -> terms.add(TripletTerm.of(f, 1.0 / globals.size(), triplet)));
        return new Objective(terms);
    }

    /** Returns the mean of the softmax losses of all features: the paper's ablation without triplet loss. */
    public static Objective softmaxOnly(MgnSpec spec, SoftmaxLoss softmax) {
        List<FeaturePart> features = spec.features();
        return new Objective(features.stream()
                .<LossTerm>map(f -> new SoftmaxTerm(f, 1.0 / features.size(), softmax))
                .toList());
    }

    /**
     * Returns this objective with the weights of its softmax and triplet terms multiplied; a factor of 0 removes them. Custom
     * terms stay unchanged.
     *
     * @throws IllegalArgumentException if no term remains
     */
    public Objective weighted(double softmax, double triplet) {
        List<LossTerm> weighted = new ArrayList<>();
        softmaxTerms().stream()
                .filter(t -> softmax != 0)
                .forEach(t -> weighted.add(new SoftmaxTerm(t.feature(), t.weight() * softmax, t.loss())));
        tripletTerms().stream().filter(t -> triplet != 0).forEach(t -> weighted.add(t.weighted(triplet)));
        terms.stream().filter(CustomTerm.class::isInstance).forEach(weighted::add);
        return new Objective(weighted);
    }

    /**
     * Returns this objective with more terms.
     *
     * @throws IllegalArgumentException if a name occurs twice
     */
    public Objective with(List<? extends LossTerm> more) {
        List<LossTerm> all = new ArrayList<>(terms);
        all.addAll(more);
        return new Objective(all);
    }

    /** Returns the softmax terms. */
    public List<SoftmaxTerm> softmaxTerms() {
        return terms.stream()
                .filter(SoftmaxTerm.class::isInstance)
                .map(SoftmaxTerm.class::cast)
                .toList();
    }

    /** Returns the triplet terms. */
    public List<TripletTerm> tripletTerms() {
        return terms.stream()
                .filter(TripletTerm.class::isInstance)
                .map(TripletTerm.class::cast)
                .toList();
    }

    /**
     * Checks that every term's feature belongs to the network, and that custom losses can be computed.
     *
     * @param batch images per step
     * @throws IllegalArgumentException naming the first term that does not fit
     */
    public void check(MgnSpec spec, int batch) {
        List<FeaturePart> features = spec.features();
        for (LossTerm term : terms) {
            Preconditions.checkArgument(
                    features.contains(term.feature()),
                    "the objective's term '%s' is on %s, which is no feature of the network (%s)",
                    term.name(),
                    term.feature(),
                    features.stream().map(FeaturePart::name).toList());
            if (term instanceof CustomTerm custom) {
                TermCheck.run(
                        custom, batch, term.readsLogits() ? spec.classes() : spec.reducedLength(), spec.classes());
            }
        }
    }

    /** Returns a readable table with a heading and one line per term: feature, kind, weight, loss. */
    public String table() {
        StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "%-10s %-7s %-8s %s%n", "feature", "kind", "weight", "loss"));
        for (LossTerm term : terms) {
            String kind = term.feature() instanceof GlobalFeature ? "global" : "local";
            out.append(String.format(
                    Locale.ROOT,
                    "%-10s %-7s %-8.4f %s%n",
                    term.feature().name(),
                    kind,
                    term.weight(),
                    term.description()));
        }
        return out.toString();
    }
}
