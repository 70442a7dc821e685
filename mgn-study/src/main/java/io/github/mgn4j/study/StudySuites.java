package io.github.mgn4j.study;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.loss.LossTerm;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.loss.SoftmaxLoss;
import io.github.mgn4j.loss.TripletLoss;
import io.github.mgn4j.loss.TripletTerm;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.GlobalFeature;
import io.github.mgn4j.spec.LocalFeature;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Presets;
import io.github.mgn4j.spec.Variant;
import io.github.mgn4j.train.LossSettings;
import io.github.mgn4j.train.NetworkSettings;
import io.github.mgn4j.train.OptimizerSettings;
import io.github.mgn4j.train.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Suites of rows that ship with the library. Each derives its rows from a base recipe: batches, steps, optimizer and losses,
 * and the size of the networks ({@link NetworkSettings}: depth, width, input, embedding).
 */
public final class StudySuites {
    private static final ImmutableMap<String, Function<Recipe, List<StudyRow>>> SUITES = ImmutableMap.of(
            "article", StudySuites::article,
            "granularities", StudySuites::granularities,
            "losses", StudySuites::losses);

    /** Depth of the article's deeper baseline. */
    private static final int DEEPER = 101;

    private static final int PCB_STRIPES = 6;

    private StudySuites() {}

    /** Returns the names of the suites. */
    public static Set<String> names() {
        return SUITES.keySet();
    }

    /**
     * Returns a suite by its name.
     *
     * @throws StudyException if there is none
     */
    public static List<StudyRow> named(String name, Recipe base) {
        Function<Recipe, List<StudyRow>> suite = SUITES.get(name);
        if (suite == null) {
            throw new StudyException(
                    "unknown suite '" + name + "'; there are " + String.join(", ", names()) + ", or a FILE.yaml");
        }
        return suite.apply(base);
    }

    /**
     * Returns the article's comparisons: ResNet baselines, single branches, three single networks joined, MGN without triplet
     * loss, with it on stripes too, and as published; and PCB (Sun et al., ECCV 2018). The figures are the article's for
     * Market-1501, where it gives them.
     */
    public static List<StudyRow> article(Recipe base) {
        StudyNetwork global = StudyNetwork.of(preset("global", base), base);
        StudyNetwork part2 = StudyNetwork.of(preset("part-2", base), base);
        StudyNetwork part3 = StudyNetwork.of(preset("part-3", base), base);
        MgnSpec mgn = preset("mgn", base);
        MgnSpec plain = preset("resnet50", base);
        MgnSpec deeper = preset("resnet101", base);
        return List.of(
                StudyRow.of("ResNet-" + plain.backbone().depth(), StudyNetwork.of(plain, withoutTriplet(base)))
                        .withPublished(new PublishedFigures(0.875, null, null, null)),
                StudyRow.of("ResNet-" + deeper.backbone().depth(), StudyNetwork.of(deeper, withoutTriplet(base)))
                        .withPublished(PublishedFigures.of(0.904, 0.780)),
                StudyRow.of("global", global),
                StudyRow.of("part-2", part2),
                StudyRow.of("part-3", part3),
                StudyRow.joined("G+P2+P3 (single)", List.of(global, part2, part3), true)
                        .withPublished(PublishedFigures.of(0.944, 0.852)),
                StudyRow.of("MGN without triplet", StudyNetwork.of(mgn, withoutTriplet(base)))
                        .withPublished(new PublishedFigures(0.953, null, null, null)),
                StudyRow.of("MGN, triplet on stripes too", tripletOnStripes(mgn, base)),
                StudyRow.of("MGN", StudyNetwork.of(mgn, base))
                        .withPublished(new PublishedFigures(0.957, 0.869, 0.966, 0.942)),
                StudyRow.of("PCB", pcb(base)));
    }

    /** Returns networks of one to four branches: the article's granularities, fewer, and a finer one. */
    public static List<StudyRow> granularities(Recipe base) {
        Branch global = Branch.globalOnly();
        List<StudyRow> rows = new ArrayList<>();
        rows.add(branches("G", base, global));
        rows.add(branches("G+P2", base, global, Branch.part(2)));
        rows.add(branches("G+P3", base, global, Branch.part(3)));
        rows.add(branches("P2+P3", base, Branch.part(2), Branch.part(3)));
        rows.add(branches("G+P2+P3 (MGN)", base, global, Branch.part(2), Branch.part(3)));
        rows.add(branches("G+P2+P3+P6", base, global, Branch.part(2), Branch.part(3), Branch.part(6)));
        return rows;
    }

    /** Returns MGN with other objectives: one of its losses alone, triplets on stripes, other margins and classifiers. */
    public static List<StudyRow> losses(Recipe base) {
        MgnSpec mgn = preset("mgn", base);
        MgnSpec behind = mgn.toBuilder()
                .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                .build();
        return List.of(
                StudyRow.of("softmax", StudyNetwork.of(mgn, withoutTriplet(base))),
                StudyRow.of(
                        "triplet",
                        StudyNetwork.of(mgn, base.toBuilder().softmaxWeight(0).build())),
                StudyRow.of("softmax + triplet (MGN)", StudyNetwork.of(mgn, base)),
                StudyRow.of("triplet on stripes too", tripletOnStripes(mgn, base)),
                StudyRow.of(
                        "margin 0.3",
                        StudyNetwork.of(mgn, base.toBuilder().margin(0.3).build())),
                StudyRow.of(
                        "soft margin",
                        StudyNetwork.of(mgn, base.toBuilder().softMargin(true).build())),
                StudyRow.of(
                        "label smoothing 0.1",
                        StudyNetwork.of(
                                mgn, base.toBuilder().labelSmoothing(0.1).build())),
                StudyRow.of("classifiers behind the reduction", StudyNetwork.of(behind, base)));
    }

    /**
     * Returns a network whose stripes get the triplet loss as well, which the article advises against: the mean of the triplet
     * terms is over all features instead of the global ones.
     */
    public static StudyNetwork tripletOnStripes(MgnSpec spec, Recipe recipe) {
        return new StudyNetwork(spec, recipe, network -> stripesToo(network, recipe.losses()));
    }

    private static Objective stripesToo(MgnSpec spec, LossSettings losses) {
        List<FeaturePart> features = spec.features();
        List<LossTerm> terms = new ArrayList<>();
        if (losses.softmaxWeight() > 0) {
            terms.addAll(Objective.softmaxOnly(spec, new SoftmaxLoss(losses.labelSmoothing()))
                    .weighted(losses.softmaxWeight(), 0)
                    .terms());
        }
        TripletLoss triplet = losses.softMargin() ? TripletLoss.softMargin() : TripletLoss.withMargin(losses.margin());
        double weight = losses.tripletWeight() / features.size();
        for (FeaturePart feature : features) {
            if (feature instanceof GlobalFeature global) {
                terms.add(TripletTerm.of(global, weight, triplet));
            } else if (feature instanceof LocalFeature stripe) {
                terms.add(TripletTerm.onStripeAgainstThePaper(stripe, weight, triplet));
            }
        }
        return new Objective(terms);
    }

    /**
     * Returns PCB: six stripes of a map with stride 1, average pooling, a softmax on each stripe's 256 values; the feature is the
     * pooled stripes. Its published optimizer: SGD, a tenth of the new layers' rate 0.1 for the backbone, both a tenth after two
     * thirds of the training. The article adds the losses of the stripes up.
     */
    private static StudyNetwork pcb(Recipe base) {
        Branch stripes = new Branch(false, List.of(PCB_STRIPES), new TreeSet<>(Set.of(4)));
        MgnSpec spec = sized(MgnSpec.builder().branches(stripes), base)
                .pooling(Pooling.AVG)
                .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                .variants(Variant.POOLED_FEATURE, Variant.UNIT_PARTS)
                .build();
        Recipe recipe = base.toBuilder()
                .optimizer(OptimizerSettings.MGN)
                .lr(0.01)
                .parameters(base.parameters().withNewLayersLr(10))
                .lrSteps(List.of(base.epochs() * 2 / 3.0))
                .lrGamma(0.1)
                .softmaxWeight(PCB_STRIPES)
                .build();
        return StudyNetwork.of(spec, recipe);
    }

    private static StudyRow branches(String name, Recipe base, Branch... branches) {
        return StudyRow.of(
                name,
                StudyNetwork.of(
                        sized(MgnSpec.builder().branches(branches), base).build(), base));
    }

    private static Recipe withoutTriplet(Recipe base) {
        return base.toBuilder().tripletWeight(0).build();
    }

    /** Returns a preset in the size of a recipe's network. */
    static MgnSpec preset(String name, Recipe base) {
        MgnSpec preset = Presets.named(name, 1);
        return sized(preset.toBuilder(), base).build();
    }

    /** Sets the size of a recipe's network. A network of another depth or without a reduction keeps these. */
    private static MgnSpecBuilder sized(MgnSpecBuilder builder, Recipe base) {
        NetworkSettings size = base.network();
        MgnSpec spec = builder.build();
        int depth = spec.backbone().depth();
        builder.backbone(
                size.depth() == null || depth == DEEPER ? depth : size.depth(),
                size.width() == null ? spec.backbone().width() : size.width());
        if (size.input() != null) {
            builder.input(size.input().height(), size.input().width());
        }
        if (size.embedding() != null && spec.embedding() > 0) {
            builder.embedding(size.embedding());
        }
        return builder;
    }
}
