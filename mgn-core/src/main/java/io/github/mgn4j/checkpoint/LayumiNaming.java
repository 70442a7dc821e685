package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Variant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Layumi's baseline {@code ft_net}: the feature is the 512-d block without ReLU. */
final class LayumiNaming extends ResNetNaming {
    LayumiNaming() {
        super("model.");
    }

    @Override
    public boolean matches(CheckpointTensors tensors) {
        return hasBackbone(tensors) && tensors.any("classifier.add_block.");
    }

    @Override
    public MgnSpecBuilder network(CheckpointTensors tensors) {
        return baseline(tensors, Branch.globalOnly())
                .embedding(tensors.first("classifier.add_block.0.weight", "[embedding, channels]"))
                .variants(variants(tensors, Variant.LINEAR_REDUCTION));
    }

    @Override
    public OptionalInt classes(CheckpointTensors tensors) {
        return tensors.has("classifier.classifier.0.weight")
                ? OptionalInt.of(tensors.first("classifier.classifier.0.weight", "[classes, embedding]"))
                : OptionalInt.empty();
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        return names(spec)
                .heads("reductions", ".", List.of("classifier.add_block."))
                .heads("classifiers", ".", List.of("classifier.classifier.0."))
                .build();
    }

    @Override
    public Preprocessing preprocessing(CheckpointTensors tensors) {
        return Preprocessing.imageNet().withResampling(Resampling.BICUBIC);
    }

    /** The backbone's own classifier for ImageNet, which the network does not run. */
    @Override
    public List<String> leftOut() {
        return List.of("model.fc.");
    }
}
