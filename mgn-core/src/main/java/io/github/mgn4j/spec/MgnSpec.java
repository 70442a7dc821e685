package io.github.mgn4j.spec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The complete description of a Multiple Granularity Network apart from its weights (Wang et al., "Learning Discriminative
 * Features with Multiple Granularities for Person Re-Identification", ACM MM 2018). The graph, the parameter names, the
 * order of the features and the operation counts are derived from it. Immutable; the constructor validates all values.
 *
 * @param backbone the residual network
 * @param input image size in pixels
 * @param split the end of the shared trunk
 * @param branches at least one; their order is the order of the features
 * @param pooling how maps and stripes become vectors
 * @param embedding length of the reduced vectors (256 in the paper); 0 for no reduction, so that a feature is the pooled
 *     vector itself
 * @param globalClassifier which vector of a global feature is classified
 * @param classes number of training identities, at least 1
 * @param variants departures of other public networks from the paper's; empty for the paper's
 */
public record MgnSpec(
        Backbone backbone,
        InputSize input,
        SplitPoint split,
        List<Branch> branches,
        Pooling pooling,
        int embedding,
        ClassifierPosition globalClassifier,
        int classes,
        SortedSet<Variant> variants) {
    private static final int MAX_BRANCHES = 16;
    private static final int MAX_EMBEDDING = 1 << 16;
    private static final int MAX_CLASSES = 1 << 24;

    public MgnSpec {
        branches = List.copyOf(branches);
        variants = Collections.unmodifiableSortedSet(new TreeSet<>(variants));
        SpecException.check(
                !branches.isEmpty() && branches.size() <= MAX_BRANCHES,
                "a network needs 1 to %s branches, not %s",
                MAX_BRANCHES,
                branches.size());
        SpecException.check(
                embedding >= 0 && embedding <= MAX_EMBEDDING,
                "embedding width must be 0 (no reduction) to %s, not %s",
                MAX_EMBEDDING,
                embedding);
        SpecException.check(
                classes >= 1 && classes <= MAX_CLASSES, "classes must be 1 to %s, not %s", MAX_CLASSES, classes);
        SpecException.check(
                split.blocks() <= backbone.blocks(split.stage()),
                "the split is after block %s of stage %s, which has only %s blocks in ResNet-%s",
                split.blocks(),
                split.stage(),
                backbone.blocks(split.stage()),
                backbone.depth());
        for (int b = 0; b < branches.size(); b++) {
            checkBranch(b, branches.get(b), input, split, variants);
        }
        checkVariants(backbone, embedding, globalClassifier, variants);
    }

    /** Creates a network without variants. */
    public MgnSpec(
            Backbone backbone,
            InputSize input,
            SplitPoint split,
            List<Branch> branches,
            Pooling pooling,
            int embedding,
            ClassifierPosition globalClassifier,
            int classes) {
        this(
                backbone,
                input,
                split,
                branches,
                pooling,
                embedding,
                globalClassifier,
                classes,
                Collections.emptySortedSet());
    }

    private static void checkVariants(
            Backbone backbone, int embedding, ClassifierPosition position, SortedSet<Variant> variants) {
        checkExclusive(variants, Variant.CEILING_STEM_POOL, Variant.FLOOR_STEM_POOL);
        checkExclusive(variants, Variant.UNIT_PARTS, Variant.UNIT_FEATURE);
        SpecException.check(
                !variants.contains(Variant.EARLY_STRIDE) || backbone.bottleneck(),
                "variant early_stride moves the stride of bottlenecks, and ResNet-%s has none",
                backbone.depth());
        SpecException.check(
                !variants.contains(Variant.LINEAR_REDUCTION) || embedding > 0,
                "variant linear_reduction needs a reduction (an embedding above 0)");
        SpecException.check(
                !variants.contains(Variant.POOLED_FEATURE) || embedding > 0 || variants.contains(Variant.BN_NECK),
                "variant pooled_feature needs a reduction (an embedding above 0) or a neck behind the pooled vector");
        SpecException.check(
                !variants.contains(Variant.BN_NECK) || embedding == 0 || position == ClassifierPosition.AFTER_REDUCTION,
                "variant bn_neck puts the classifiers behind the reduction, so their position must be after_reduction");
    }

    private static void checkExclusive(SortedSet<Variant> variants, Variant one, Variant other) {
        SpecException.check(
                !variants.contains(one) || !variants.contains(other),
                "variants %s and %s exclude each other",
                one.label(),
                other.label());
    }

    private static void checkBranch(
            int index, Branch branch, InputSize input, SplitPoint split, SortedSet<Variant> variants) {
        int firstOwned = split.stage() + 1;
        for (int stage : branch.unitStrideStages()) {
            SpecException.check(
                    stage >= firstOwned && stage <= Backbone.STAGES,
                    "branch %s: only a stage whose first block is its own can keep its resolution"
                            + " (stages %s to %s after this split), not stage %s",
                    index + 1,
                    firstOwned,
                    Backbone.STAGES,
                    stage);
        }
        int rows = Topology.mapHeight(input.height(), variants, branch);
        for (int stripes : branch.stripes()) {
            SpecException.check(
                    rows % stripes == 0,
                    "branch %s: its map is %s rows high for an input height of %s, which %s stripes do not divide",
                    index + 1,
                    rows,
                    input.height(),
                    stripes);
        }
    }

    /**
     * Creates the paper's network: ResNet-50, 384x128, trunk up to {@code layer3[0]}, global, part-2 and part-3 branches,
     * maximum pooling, eight features of length 256, softmax on the global vectors of length 2048.
     *
     * @param classes number of training identities (751 for Market-1501)
     */
    public static MgnSpec mgn(int classes) {
        return builder().classes(classes).build();
    }

    /** Returns a builder that starts from the paper's network. */
    public static MgnSpecBuilder builder() {
        return new MgnSpecBuilder();
    }

    /** Returns a builder that starts from this network. */
    public MgnSpecBuilder toBuilder() {
        return new MgnSpecBuilder(this);
    }

    /**
     * Returns the features in the order of the output: the global ones in branch order, then the stripes branch by branch, top
     * to bottom. For the paper's network: g1, g2, g3, p2_0, p2_1, p3_0, p3_1, p3_2.
     */
    public List<FeaturePart> features() {
        List<FeaturePart> parts = new ArrayList<>(globalFeatures());
        parts.addAll(localFeatures());
        return List.copyOf(parts);
    }

    /** Returns the global features in branch order. */
    public List<GlobalFeature> globalFeatures() {
        List<GlobalFeature> parts = new ArrayList<>();
        for (int b = 0; b < branches.size(); b++) {
            if (branches.get(b).global()) {
                parts.add(new GlobalFeature("g" + (b + 1), b, partLength()));
            }
        }
        return List.copyOf(parts);
    }

    /** Returns the stripes, branch by branch, granularity by granularity, top to bottom. */
    public List<LocalFeature> localFeatures() {
        List<LocalFeature> parts = new ArrayList<>();
        for (int b = 0; b < branches.size(); b++) {
            for (int stripes : branches.get(b).stripes()) {
                String prefix = granularityIsUnique(stripes) ? "p" + stripes : "b" + (b + 1) + "_p" + stripes;
                for (int i = 0; i < stripes; i++) {
                    parts.add(new LocalFeature(prefix + "_" + i, b, partLength(), stripes, i));
                }
            }
        }
        return List.copyOf(parts);
    }

    private boolean granularityIsUnique(int stripes) {
        return branches.stream().filter(b -> b.stripes().contains(stripes)).count() == 1;
    }

    /**
     * Returns the length of each feature: the embedding, or the last map's channels if there is no reduction or the feature is
     * the pooled vector.
     */
    public int partLength() {
        return has(Variant.POOLED_FEATURE) ? pooledLength() : reducedLength();
    }

    /** Returns the length of each reduced vector: the embedding, or the pooled length if there is no reduction. */
    public int reducedLength() {
        return embedding == 0 ? pooledLength() : embedding;
    }

    /** Returns whether the network has a variant. */
    public boolean has(Variant variant) {
        return variants.contains(variant);
    }

    /** Returns the length of a pooled vector before its reduction: 2048 for ResNet-50. */
    public int pooledLength() {
        return backbone.stageChannels(Backbone.STAGES);
    }

    /** Returns the length of the whole output, all features concatenated: 2048 for the paper's network. */
    public int featureLength() {
        return features().size() * partLength();
    }

    /** Returns whether a feature's classifier sees the pooled vector rather than the reduced one or the neck's. */
    public boolean classifiesPooled(FeaturePart feature) {
        return feature instanceof GlobalFeature
                && globalClassifier == ClassifierPosition.BEFORE_REDUCTION
                && !has(Variant.BN_NECK);
    }

    /** Returns the length of the vector that a feature's classifier sees. */
    public int classifierLength(FeaturePart feature) {
        return classifiesPooled(feature) ? pooledLength() : reducedLength();
    }
}
