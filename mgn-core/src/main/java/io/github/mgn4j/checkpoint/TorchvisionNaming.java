package io.github.mgn4j.checkpoint;

import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A ResNet of torchvision, or timm's of the same names. It is the start of the paper's network: every branch begins as a copy
 * of the one backbone. */
final class TorchvisionNaming extends ResNetNaming {
    TorchvisionNaming() {
        super("");
    }

    @Override
    public boolean matches(CheckpointTensors tensors) {
        return hasBackbone(tensors);
    }

    @Override
    public MgnSpecBuilder network(CheckpointTensors tensors) {
        return MgnSpec.builder().backbone(backbone(tensors)).variants(variants(tensors));
    }

    @Override
    public OptionalInt classes(CheckpointTensors tensors) {
        return OptionalInt.empty();
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        return names(spec).build();
    }

    /** Torchvision's classifier, and torchreid's layers. */
    @Override
    public List<String> leftOut() {
        return List.of("fc.", "classifier.");
    }

    @Override
    public boolean startsUnclassified() {
        return true;
    }
}
