package io.github.mgn4j.checkpoint;

import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Variant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Layumi's baseline {@code ft_net}: the feature is the 512-d block without ReLU. */
final class LayumiNaming extends LayumiBackbone {
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
        return tensors.firstOf("classifier.classifier.0.weight", "[classes, embedding]");
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        return names(spec)
                .heads("reductions", ".", List.of("classifier.add_block."))
                .heads("classifiers", ".", List.of("classifier.classifier.0."))
                .build();
    }
}
