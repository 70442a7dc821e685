package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A ResNet of torchreid: average pooling, and with {@code fc512} a reduction behind a last stage of full resolution. */
final class TorchreidNaming extends ResNetNaming {
    TorchreidNaming() {
        super("");
    }

    @Override
    public boolean matches(CheckpointTensors tensors) {
        return hasBackbone(tensors) && tensors.has("classifier.weight") && !tensors.has("fc.weight");
    }

    @Override
    public MgnSpecBuilder network(CheckpointTensors tensors) {
        if (!tensors.has("fc.0.weight")) {
            return baseline(tensors, Branch.globalOnly());
        }
        return baseline(tensors, unitStride()).embedding(tensors.first("fc.0.weight", "[embedding, channels]"));
    }

    @Override
    public OptionalInt classes(CheckpointTensors tensors) {
        return tensors.firstOf("classifier.weight", "[classes, width]");
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        return names(spec)
                .heads("reductions", ".", List.of("fc."))
                .heads("classifiers", ".", List.of("classifier."))
                .build();
    }

    @Override
    public Preprocessing preprocessing(CheckpointTensors tensors) {
        return Preprocessing.imageNet().withFlip(false);
    }
}
