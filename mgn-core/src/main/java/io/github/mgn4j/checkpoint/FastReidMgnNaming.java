package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Variant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * fast-reid's MGN. Its first release reduces with a ReLU and has a neck behind it; since September 2020 the neck is the
 * reduction's batch norm, without ReLU, and the stem pools without padding.
 */
final class FastReidMgnNaming implements Naming {
    private static final List<String> HEADS = List.of("b1", "b2", "b3", "b21", "b22", "b31", "b32", "b33");
    private static final String TRUNK = "backbone.";

    @Override
    public boolean matches(CheckpointTensors tensors) {
        return tensors.has(TRUNK + "0.weight") && tensors.any("b1.0.") && tensors.any("b1_head.");
    }

    private static boolean first(CheckpointTensors tensors) {
        return tensors.any("b1_pool.");
    }

    @Override
    public MgnSpecBuilder network(CheckpointTensors tensors) {
        Set<Variant> variants = EnumSet.of(Variant.NO_CLASSIFIER_BIAS);
        variants.addAll(
                first(tensors)
                        ? EnumSet.of(Variant.BN_NECK)
                        : EnumSet.of(Variant.LINEAR_REDUCTION, Variant.CEILING_STEM_POOL));
        if (tensors.has(TRUNK + "4.0.bn1.IN.weight")) {
            variants.add(Variant.IBN_A);
        }
        String reduction = first(tensors) ? "b1_pool.1.weight" : "b1_head.bottleneck.0.weight";
        return MgnSpec.builder()
                .backbone(tensors.sequential(TRUNK, "b1."))
                .branches(new Branch(true, List.of(), new TreeSet<>(Set.of(4))), Branch.part(2), Branch.part(3))
                .pooling(tensors.has(exponent(tensors, "b1")) ? Pooling.GEM : Pooling.AVG)
                .embedding(tensors.first(reduction, "[embedding, channels, 1, 1]"))
                .globalClassifier(ClassifierPosition.AFTER_REDUCTION)
                .variants(variants);
    }

    private static String exponent(CheckpointTensors tensors, String head) {
        return first(tensors) ? head + "_pool.0.p" : head + "_head.pool_layer.p";
    }

    @Override
    public OptionalInt classes(CheckpointTensors tensors) {
        String name = classifier(tensors, "b1") + "weight";
        return tensors.firstOf(name, "[classes, embedding]");
    }

    private static String classifier(CheckpointTensors tensors, String head) {
        return head + (tensors.any("b1_head.classifier.") ? "_head.classifier." : "_head.");
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        NameMap map = new NameMap(spec).sequential(TRUNK, "b");
        map.heads("pools", ".p", named(head -> exponent(tensors, head)));
        map.heads("classifiers", ".", named(head -> classifier(tensors, head)));
        if (first(tensors)) {
            map.heads("reductions", ".0.", named(head -> head + "_pool.1."));
            map.heads("reductions", ".1.", named(head -> head + "_pool.2."));
            map.heads("necks", ".", named(head -> head + "_head.bnneck."));
        } else {
            map.heads("reductions", ".0.", named(head -> head + "_head.bottleneck.0."));
            map.heads("reductions", ".1.", named(head -> head + "_head.bottleneck.1."));
        }
        return map.build();
    }

    private static List<String> named(UnaryOperator<String> name) {
        return HEADS.stream().map(name).toList();
    }

    @Override
    public Preprocessing preprocessing(CheckpointTensors tensors) {
        return FastReid.preprocessing(tensors);
    }

    @Override
    public List<String> leftOut() {
        return FastReid.PIXELS;
    }
}
