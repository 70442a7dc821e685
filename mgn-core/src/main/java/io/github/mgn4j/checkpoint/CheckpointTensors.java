package io.github.mgn4j.checkpoint;

import com.google.common.primitives.Ints;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.Backbone;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A checkpoint's tensors, asked for what determines a network. */
final class CheckpointTensors {
    private static final int STEM_CHANNELS = 64;
    private static final List<Integer> DEPTHS = List.of(18, 34, 50, 101, 152);

    private final Map<String, Tensor> tensors;

    CheckpointTensors(Map<String, Tensor> tensors) {
        this.tensors = tensors;
    }

    Set<String> names() {
        return tensors.keySet();
    }

    @Nullable
    Tensor get(String name) {
        return tensors.get(name);
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** Returns the tensors with a prefix of their names removed. */
    CheckpointTensors without(String prefix) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) ->
                renamed.put(name.startsWith(prefix) ? name.substring(prefix.length()) : name, tensor));
        return new CheckpointTensors(renamed);
    }

    /** Returns whether a tensor's name begins so. */
    boolean any(String prefix) {
        return tensors.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** Returns whether a tensor has a number of dimensions. */
    boolean has(String name, int dimensions) {
        Tensor tensor = tensors.get(name);
        return tensor != null && tensor.shape().length == dimensions;
    }

    /**
     * Returns the first length of a tensor.
     *
     * @param expected its shape in words, with as many dimensions
     * @throws WeightsException if it is missing or has another number of dimensions
     */
    int first(String name, String expected) {
        return shape(name, expected).get(0);
    }

    /** Returns the shape of a tensor, as {@link #first} does. */
    List<Integer> shape(String name, String expected) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new WeightsException("tensor '%s' is missing (shape %s expected)".formatted(name, expected));
        }
        List<Integer> shape = Ints.asList(tensor.shape());
        WeightsException.check(
                shape.size() == expected.split(",", -1).length && shape.stream().allMatch(n -> n > 0),
                "tensor '%s' has shape %s, expected %s",
                name,
                shape,
                expected);
        return shape;
    }

    /** Returns the first length of a tensor that may be missing, as {@link #first} does. */
    OptionalInt firstOf(String name, String expected) {
        return has(name) ? OptionalInt.of(first(name, expected)) : OptionalInt.empty();
    }

    /**
     * Returns a backbone under torchvision's names behind a prefix.
     *
     * @throws WeightsException if no known ResNet has such blocks
     */
    Backbone resNet(String prefix) {
        String layer = prefix + "layer";
        return backbone(
                prefix + "conv1.weight",
                layer + "1.",
                List.of(blocks(layer + "1."), blocks(layer + "2."), blocks(layer + "3."), blocks(layer + "4.")));
    }

    /**
     * Returns a backbone whose trunk is a {@code Sequential}, and which goes on in a branch of two.
     *
     * @param trunk prefix of the trunk's numbers; the first block of layer3 is its last part
     * @param branch prefix of the branch's numbers
     * @throws WeightsException if no known ResNet has such blocks
     */
    Backbone sequential(String trunk, String branch) {
        return backbone(
                trunk + "0.weight",
                trunk + "4.",
                List.of(blocks(trunk + "4."), blocks(trunk + "5."), 1 + blocks(branch + "0."), blocks(branch + "1.")));
    }

    private Backbone backbone(String stem, String layer1, List<Integer> blocks) {
        int channels = first(stem, "[channels, 3, 7, 7]");
        String first = layer1 + "0.";
        boolean bottleneck = tensors.containsKey(first + "conv3.weight");
        Tensor inner = tensors.get(first + "conv1.weight");
        boolean wide = bottleneck && inner != null && inner.shape()[0] == 2 * channels;
        for (int depth : DEPTHS) {
            Backbone backbone = new Backbone(depth, channels / (double) STEM_CHANNELS);
            List<Integer> expected =
                    List.of(backbone.blocks(1), backbone.blocks(2), backbone.blocks(3), backbone.blocks(4));
            if (backbone.bottleneck() == bottleneck && expected.equals(blocks)) {
                return wide ? backbone.withInnerRatio(2) : backbone;
            }
        }
        throw new WeightsException("its four stages have %s %s blocks; ResNet-18, 34, 50, 101 and 152 are known"
                .formatted(blocks, bottleneck ? "bottleneck" : "basic"));
    }

    /** Returns one more than the highest number behind a prefix, so that a block with a missing tensor still counts. */
    int blocks(String prefix) {
        return tensors.keySet().stream()
                .filter(name -> name.startsWith(prefix) && name.indexOf('.', prefix.length()) > 0)
                .map(name -> Ints.tryParse(name.substring(prefix.length(), name.indexOf('.', prefix.length()))))
                .mapToInt(number -> number == null ? 0 : Math.min(number, Integer.MAX_VALUE - 2) + 1)
                .max()
                .orElse(0);
    }
}
