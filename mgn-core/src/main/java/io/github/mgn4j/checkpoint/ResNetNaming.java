package io.github.mgn4j.checkpoint;

import io.github.mgn4j.spec.Backbone;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Variant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Networks of one branch whose backbone has torchvision's names behind a prefix. */
abstract class ResNetNaming implements Naming {
    private static final Set<Integer> LAST = Set.of(4);

    /** Prefix of the backbone's names. */
    private final String prefix;

    ResNetNaming(String prefix) {
        this.prefix = prefix;
    }

    final boolean hasBackbone(CheckpointTensors tensors) {
        return tensors.has(prefix + "conv1.weight") && tensors.any(prefix + "layer1.");
    }

    /** Returns a network of 256 x 128 pixels, average pooling and no reduction, with the instance norms of the file. */
    final MgnSpecBuilder baseline(CheckpointTensors tensors, Branch branch) {
        return MgnSpec.builder()
                .backbone(backbone(tensors))
                .input(256, 128)
                .branches(branch)
                .pooling(Pooling.AVG)
                .embedding(0)
                .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                .variants(variants(tensors));
    }

    final Backbone backbone(CheckpointTensors tensors) {
        return tensors.resNet(prefix);
    }

    /** Returns the variants of the backbone and {@code more}. */
    final Set<Variant> variants(CheckpointTensors tensors, Variant... more) {
        Set<Variant> variants = EnumSet.noneOf(Variant.class);
        if (tensors.has(prefix + "layer1.0.bn1.IN.weight")) {
            variants.add(Variant.IBN_A);
        }
        variants.addAll(List.of(more));
        return variants;
    }

    /** Returns a global branch whose last stage keeps its resolution. */
    static Branch unitStride() {
        return new Branch(true, List.of(), new TreeSet<>(LAST));
    }

    /** Returns a branch of stripes alone whose last stage keeps its resolution. */
    static Branch stripes(int count) {
        return new Branch(false, List.of(count), new TreeSet<>(LAST));
    }

    final NameMap names(MgnSpec spec) {
        return new NameMap(spec).resNet(prefix);
    }
}
