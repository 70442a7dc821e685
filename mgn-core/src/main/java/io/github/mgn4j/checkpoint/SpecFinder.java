package io.github.mgn4j.checkpoint;

import com.google.common.primitives.Ints;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.Backbone;
import io.github.mgn4j.spec.ClassifierPosition;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.MgnSpecBuilder;
import io.github.mgn4j.spec.Pooling;
import java.util.List;
import java.util.Map;

/** Derives a network of the paper's form from the names and shapes of a checkpoint's tensors. */
final class SpecFinder {
    private static final int STEM_CHANNELS = 64;
    private static final int DEFAULT_CLASSES = 751;
    private static final List<Integer> DEPTHS = List.of(18, 34, 50, 101);

    private final ImportLayout layout;
    private final Map<String, Tensor> tensors;

    SpecFinder(ImportLayout layout, Map<String, Tensor> tensors) {
        this.layout = layout;
        this.tensors = tensors;
    }

    /**
     * Returns the spec of the network.
     *
     * @throws WeightsException if a tensor that determines a size is missing or has an impossible shape, or the sizes match no
     *     supported network
     */
    MgnSpec find(ImportOptions options) {
        Backbone backbone = backbone();
        MgnSpecBuilder builder = MgnSpec.builder()
                .backbone(backbone.depth(), backbone.width())
                .pooling(options.pooling().orElse(Pooling.MAX));
        if (options.input().isPresent()) {
            InputSize input = options.input().get();
            builder.input(input.height(), input.width());
        }
        if (layout == ImportLayout.TORCHVISION) {
            return builder.classes(options.classes().orElse(DEFAULT_CLASSES)).build();
        }
        String reduction = layout == ImportLayout.REID_MGN ? "reduction.0.weight" : "reduction_0.0.weight";
        int embedding = shape(reduction, 4, "[embedding, channels, 1, 1]").get(0);
        if (!isClassified(tensors)) {
            WeightsException.check(
                    options.classes().isPresent(),
                    "it has no classifiers: name the number of identities that new ones are to tell apart (--classes)");
            return builder.embedding(embedding)
                    .classes(options.classes().getAsInt())
                    .build();
        }
        List<Integer> classifier = shape("fc_id_2048_0.weight", 2, "[classes, width]");
        int classes = classifier.get(0);
        WeightsException.check(
                options.classes().orElse(classes) == classes,
                "it has classifiers of %s classes, %s were asked for",
                classes,
                options.classes().orElse(classes));
        return builder.embedding(embedding)
                .classes(classes)
                .globalClassifier(
                        classifier.get(1) == backbone.stageChannels(Backbone.STAGES)
                                ? ClassifierPosition.BEFORE_REDUCTION
                                : ClassifierPosition.AFTER_REDUCTION)
                .build();
    }

    /** Returns whether the tensors of a public MGN include classifiers. */
    static boolean isClassified(Map<String, Tensor> tensors) {
        return tensors.keySet().stream().anyMatch(name -> name.startsWith("fc_id_"));
    }

    private Backbone backbone() {
        int channels = shape(layout.stem(), 4, "[channels, 3, 7, 7]").get(0);
        boolean torchvision = layout == ImportLayout.TORCHVISION;
        String trunk = torchvision ? "" : LayoutKeys.trunk(layout);
        String first = torchvision ? "layer1." : trunk + "4.";
        List<Integer> blocks = torchvision
                ? List.of(blocks("layer1."), blocks("layer2."), blocks("layer3."), blocks("layer4."))
                : List.of(blocks(first), blocks(trunk + "5."), 1 + blocks("p1.0."), blocks("p1.1."));
        boolean bottleneck = tensors.containsKey(first + "0.conv3.weight");
        for (int depth : DEPTHS) {
            Backbone backbone = new Backbone(depth, channels / (double) STEM_CHANNELS);
            List<Integer> expected =
                    List.of(backbone.blocks(1), backbone.blocks(2), backbone.blocks(3), backbone.blocks(4));
            if (backbone.bottleneck() == bottleneck && expected.equals(blocks)) {
                return backbone;
            }
        }
        throw new WeightsException("its four stages have %s %s blocks; ResNet-18, 34, 50 and 101 are known"
                .formatted(blocks, bottleneck ? "bottleneck" : "basic"));
    }

    /** Returns one more than the highest block number, so that a block with a missing tensor still counts. */
    private int blocks(String prefix) {
        return tensors.keySet().stream()
                .filter(name -> name.startsWith(prefix) && name.indexOf('.', prefix.length()) > 0)
                .map(name -> Ints.tryParse(name.substring(prefix.length(), name.indexOf('.', prefix.length()))))
                .mapToInt(number -> number == null ? 0 : Math.min(number, Integer.MAX_VALUE - 2) + 1)
                .max()
                .orElse(0);
    }

    private List<Integer> shape(String name, int dimensions, String expected) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new WeightsException(
                    "tensor '%s' is missing (shape %s expected, layout %s)".formatted(name, expected, layout.label()));
        }
        List<Integer> shape = Ints.asList(tensor.shape());
        WeightsException.check(
                shape.size() == dimensions && shape.stream().allMatch(n -> n > 0),
                "tensor '%s' has shape %s, expected %s",
                name,
                shape,
                expected);
        return shape;
    }
}
