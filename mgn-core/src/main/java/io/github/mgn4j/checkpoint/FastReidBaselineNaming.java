package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Variant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** fast-reid's bag of tricks: a neck behind the pooled vector, or a reduction without ReLU. */
final class FastReidBaselineNaming extends ResNetNaming {
    FastReidBaselineNaming() {
        super("backbone.");
    }

    @Override
    public boolean matches(CheckpointTensors tensors) {
        return hasBackbone(tensors) && tensors.any("heads.");
    }

    @Override
    public Optional<String> obstacle(CheckpointTensors tensors) {
        return tensors.any("backbone.NL_")
                ? Optional.of(
                        "it has non-local blocks (backbone.NL_...), as fast-reid's AGW and SBS: networks without them, such"
                                + " as its BoT and MGN, can be imported")
                : Optional.empty();
    }

    private static boolean isFirst(CheckpointTensors tensors) {
        return tensors.any("heads.bnneck.") || tensors.any("heads.classifier.");
    }

    private static boolean isReduced(CheckpointTensors tensors) {
        return tensors.has("heads.bottleneck.0.weight", 4);
    }

    private static String exponent(CheckpointTensors tensors) {
        return tensors.names().stream()
                .filter(name -> name.startsWith("heads.pool_layer.") && name.endsWith(".p"))
                .findFirst()
                .orElse("heads.pool_layer.p");
    }

    @Override
    public MgnSpecBuilder network(CheckpointTensors tensors) {
        Set<Variant> variants = variants(tensors, Variant.NO_CLASSIFIER_BIAS);
        if (!isFirst(tensors)) {
            variants.add(Variant.CEILING_STEM_POOL);
        }
        MgnSpecBuilder builder =
                baseline(tensors, unitStride()).pooling(tensors.has(exponent(tensors)) ? Pooling.GEM : Pooling.AVG);
        if (isReduced(tensors)) {
            variants.add(Variant.LINEAR_REDUCTION);
            builder.embedding(tensors.first("heads.bottleneck.0.weight", "[embedding, channels, 1, 1]"));
        } else if (tensors.any("heads.bnneck.") || tensors.any("heads.bottleneck.")) {
            variants.add(Variant.BN_NECK);
        }
        return builder.variants(variants);
    }

    @Override
    public OptionalInt classes(CheckpointTensors tensors) {
        String name = classifier(tensors) + "weight";
        return tensors.firstOf(name, "[classes, width]");
    }

    private static String classifier(CheckpointTensors tensors) {
        return tensors.any("heads.classifier.") ? "heads.classifier." : "heads.";
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        NameMap map = names(spec)
                .heads("pools", ".p", List.of(exponent(tensors)))
                .heads("classifiers", ".", List.of(classifier(tensors)));
        String neck = tensors.any("heads.bnneck.") ? "heads.bnneck." : "heads.bottleneck.0.";
        return map.heads("reductions", ".", List.of("heads.bottleneck."))
                .heads("necks", ".", List.of(neck))
                .build();
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
