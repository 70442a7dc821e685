package io.github.mgn4j.checkpoint;

import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Variant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Layumi's PCB: the feature is the pooled stripes, each of the same length, and the blocks serve the classifiers alone. */
final class LayumiPcbNaming extends LayumiBackbone {
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
        return tensors.firstOf("classifier0.classifier.0.weight", "[classes, embedding]");
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
}
