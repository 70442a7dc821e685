package io.github.mgn4j.spec;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Builds an {@link MgnSpec}. All values start as in the paper, with 751 classes; {@link #build()} validates them together.
 * Not thread-safe.
 */
public final class MgnSpecBuilder {
    /** Training identities of Market-1501. */
    private static final int MARKET_1501_CLASSES = 751;

    private Backbone backbone = Backbone.resnet(50);
    private InputSize input = new InputSize(384, 128);
    private SplitPoint split = new SplitPoint(3, 1);
    private List<Branch> branches = List.of(Branch.globalOnly(), Branch.part(2), Branch.part(3));
    private Pooling pooling = Pooling.MAX;
    private int embedding = 256;
    private ClassifierPosition globalClassifier = ClassifierPosition.BEFORE_REDUCTION;
    private int classes = MARKET_1501_CLASSES;
    private SortedSet<Variant> variants = Collections.emptySortedSet();

    MgnSpecBuilder() {}

    MgnSpecBuilder(MgnSpec spec) {
        backbone = spec.backbone();
        input = spec.input();
        split = spec.split();
        branches = spec.branches();
        pooling = spec.pooling();
        embedding = spec.embedding();
        globalClassifier = spec.globalClassifier();
        classes = spec.classes();
        variants = spec.variants();
    }

    /** Sets the backbone to the ResNet of a depth (18, 34, 50, 101) at its published width. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder backbone(int depth) {
        return backbone(depth, 1);
    }

    /** Sets the backbone to the ResNet of a depth with all channel counts multiplied by {@code width}. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder backbone(int depth, double width) {
        backbone = new Backbone(depth, width);
        return this;
    }

    /** Sets the backbone. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder backbone(Backbone newBackbone) {
        backbone = newBackbone;
        return this;
    }

    /** Sets the image size in pixels. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder input(int height, int width) {
        input = new InputSize(height, width);
        return this;
    }

    /** Ends the shared trunk after {@code blocks} blocks of {@code stage}; see {@link SplitPoint}. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder splitAfter(int stage, int blocks) {
        split = new SplitPoint(stage, blocks);
        return this;
    }

    /** Replaces the branches. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder branches(Branch... newBranches) {
        branches = List.of(newBranches);
        return this;
    }

    /** Replaces the branches. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder branches(List<Branch> newBranches) {
        branches = newBranches;
        return this;
    }

    /** Sets how maps and stripes become vectors. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder pooling(Pooling newPooling) {
        pooling = newPooling;
        return this;
    }

    /** Sets the length of the reduced vectors; 0 for no reduction. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder embedding(int width) {
        embedding = width;
        return this;
    }

    /** Sets which vector of a global feature is classified. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder globalClassifier(ClassifierPosition position) {
        globalClassifier = position;
        return this;
    }

    /** Sets the number of training identities. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder classes(int count) {
        classes = count;
        return this;
    }

    /** Replaces the variants. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder variants(Variant... newVariants) {
        return variants(List.of(newVariants));
    }

    /** Replaces the variants. */
    @CanIgnoreReturnValue
    public MgnSpecBuilder variants(Collection<Variant> newVariants) {
        variants = new TreeSet<>(newVariants);
        return this;
    }

    /**
     * Creates the spec.
     *
     * @throws SpecException if the parts do not fit together
     */
    public MgnSpec build() {
        return new MgnSpec(backbone, input, split, branches, pooling, embedding, globalClassifier, classes, variants);
    }
}
