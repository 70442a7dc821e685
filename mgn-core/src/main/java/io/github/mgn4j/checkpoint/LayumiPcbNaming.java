package io.github.mgn4j.checkpoint;

import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.image.Resampling;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Variant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Layumi's PCB: the feature is the pooled stripes, each of the same length, and the blocks serve the classifiers alone. */
final class LayumiPcbNaming extends ResNetNaming {
    LayumiPcbNaming() {
        super("model.");
    }

    @Override
    public boolean matches(CheckpointTensors tensors) {
        return hasBackbone(tensors) && tensors.any("classifier0.");
    }

    @Override
    public MgnSpecBuilder network(CheckpointTensors tensors) {
        int count = (int) IntStream.range(0, 64)
                .takeWhile(i -> tensors.any("classifier" + i + "."))
                .count();
        return baseline(tensors, stripes(Math.max(2, count)))
                .input(384, 192)
                .embedding(tensors.first("classifier0.add_block.0.weight", "[embedding, channels]"))
                .variants(variants(tensors, Variant.LINEAR_REDUCTION, Variant.POOLED_FEATURE, Variant.UNIT_FEATURE));
    }

    @Override
    public OptionalInt classes(CheckpointTensors tensors) {
        return tensors.has("classifier0.classifier.0.weight")
                ? OptionalInt.of(tensors.first("classifier0.classifier.0.weight", "[classes, embedding]"))
                : OptionalInt.empty();
    }

    @Override
    public Map<String, String> prefixes(MgnSpec spec, CheckpointTensors tensors) {
        int count = spec.features().size();
        return names(spec)
                .heads("reductions", ".", numbered(count, ".add_block."))
                .heads("classifiers", ".", numbered(count, ".classifier.0."))
                .build();
    }

    private static List<String> numbered(int count, String layer) {
        return IntStream.range(0, count).mapToObj(i -> "classifier" + i + layer).toList();
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
