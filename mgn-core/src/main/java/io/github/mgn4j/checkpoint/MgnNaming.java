package io.github.mgn4j.checkpoint;

import io.github.mgn4j.spec.Backbone;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.LocalFeature;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The two early public MGNs.
 *
 * @param trunk prefix of the trunk's numbers: {@code backone.} or {@code backbone.}
 * @param shared whether one reduction serves all features
 */
record MgnNaming(String trunk, boolean shared) implements Naming {
    @Override
    public boolean matches(CheckpointTensors tensors) {
        return tensors.has(trunk + "0.weight") && (!shared || tensors.any("p1.") || tensors.any("reduction."));
    }

    @Override
    public MgnSpecBuilder network(CheckpointTensors tensors) {
        Backbone backbone = tensors.sequential(trunk, "p1.");
        String reduction = shared ? "reduction.0.weight" : "reduction_0.0.weight";
        int width = tensors.has("fc_id_2048_0.weight", 2)
                ? tensors.shape("fc_id_2048_0.weight", "[classes, width]").get(1)
                : backbone.stageChannels(Backbone.STAGES);
        return MgnSpec.builder()
                .backbone(backbone)
                .embedding(tensors.first(reduction, "[embedding, channels, 1, 1]"))
                .globalClassifier(
                        width == backbone.stageChannels(Backbone.STAGES)
                                ? ClassifierPosition.BEFORE_REDUCTION
                                : ClassifierPosition.AFTER_REDUCTION);
    }

    @Override
    public OptionalInt classes(CheckpointTensors tensors) {
        return tensors.any("fc_id_")
                ? OptionalInt.of(tensors.first("fc_id_2048_0.weight", "[classes, width]"))
                : OptionalInt.empty();
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        List<String> reductions = new ArrayList<>();
        List<String> classifiers = new ArrayList<>();
        for (FeaturePart feature : spec.features()) {
            reductions.add(shared ? "reduction." : "reduction_" + reductions.size() + ".");
            classifiers.add(
                    feature instanceof LocalFeature stripe
                            ? "fc_id_256_" + feature.branch() + "_" + stripe.stripe() + "."
                            : "fc_id_2048_" + feature.branch() + ".");
        }
        return new NameMap(spec)
                .sequential(trunk, "p")
                .heads("reductions", ".", reductions)
                .heads("classifiers", ".", classifiers)
                .build();
    }
}
