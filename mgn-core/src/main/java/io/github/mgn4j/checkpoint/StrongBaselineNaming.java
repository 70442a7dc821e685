package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Variant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The strong baseline of Luo et al. (CVPRW 2019): the neck's vector is the feature. Its plain ResNets have no ReLU in the stem;
 * those with instance norms have. */
final class StrongBaselineNaming extends ResNetNaming {
    StrongBaselineNaming() {
        super("base.");
    }

    @Override
    public boolean matches(CheckpointTensors tensors) {
        return hasBackbone(tensors) && tensors.any("bottleneck.");
    }

    @Override
    public MgnSpecBuilder network(CheckpointTensors tensors) {
        Set<Variant> variants = variants(tensors, Variant.BN_NECK, Variant.NO_CLASSIFIER_BIAS);
        if (!variants.contains(Variant.IBN_A)) {
            variants.add(Variant.LINEAR_STEM);
        }
        return baseline(tensors, unitStride()).variants(variants);
    }

    @Override
    public OptionalInt classes(CheckpointTensors tensors) {
        return tensors.firstOf("classifier.weight", "[classes, channels]");
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        return names(spec)
                .heads("necks", ".", List.of("bottleneck."))
                .heads("classifiers", ".", List.of("classifier."))
                .build();
    }

    @Override
    public Preprocessing preprocessing(CheckpointTensors tensors) {
        return Preprocessing.imageNet().withFlip(false);
    }
}
