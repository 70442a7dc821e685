package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Variant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Torchreid's PCB: as many stripes as classifiers, and one reduction for all, which serves the classifiers alone. */
final class TorchreidPcbNaming extends ResNetNaming {
    TorchreidPcbNaming() {
        super("");
    }

    @Override
    public boolean matches(CheckpointTensors tensors) {
        return hasBackbone(tensors) && tensors.any("conv5.layers.");
    }

    @Override
    public MgnSpecBuilder network(CheckpointTensors tensors) {
        return baseline(tensors, stripes(Math.max(2, tensors.blocks("classifier."))))
                .input(384, 128)
                .embedding(tensors.first("conv5.layers.0.weight", "[embedding, channels, 1, 1]"))
                .variants(variants(tensors, Variant.POOLED_FEATURE, Variant.UNIT_PARTS));
    }

    @Override
    public OptionalInt classes(CheckpointTensors tensors) {
        return tensors.firstOf("classifier.0.weight", "[classes, width]");
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        List<String> classifiers = IntStream.range(0, spec.features().size())
                .mapToObj(i -> "classifier." + i + ".")
                .toList();
        return names(spec)
                .heads("reductions", ".", List.of("conv5.layers."))
                .heads("classifiers", ".", classifiers)
                .build();
    }

    @Override
    public Preprocessing preprocessing(CheckpointTensors tensors) {
        return Preprocessing.imageNet().withFlip(false);
    }
}
