package io.github.mgn4j.dl4j;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.checkpoint.ImportLayout;
import io.github.mgn4j.checkpoint.ImportOptions;
import io.github.mgn4j.checkpoint.WeightImporter;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Variant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * The backbone of a ResNet-50 with Keras's names, as DL4J's zoo has it ({@code org.deeplearning4j.zoo.model.ResNet50}): its
 * tensors under the names of torchvision, and how it differs from torchvision's network. The classifier is left out.
 *
 * <p>A convolution's bias is part of the running mean of the batch norm behind it, {@code mean - bias}, which leaves the
 * network's output as it was.
 *
 * <p>Immutable, as long as nobody writes to the tensors' memory.
 *
 * @param tensors {@code conv1.weight}, {@code bn1.*}, {@code layer1.0.conv1.weight}, ... {@code layer4.2.bn3.running_var};
 *     convolutions are {@code [out, in, height, width]}
 * @param epsilon the constant added to the variance in every batch norm: 1e-3 in Keras, 1e-5 in the zoo's own code
 * @param strideOnFirst whether a bottleneck strides on its first 1x1 convolution, as in Keras, not on its 3x3 one
 * @param layer1Stride the stride of {@code layer1}: 1 in Keras and torchvision, 2 in the zoo's own code
 * @param stemPoolPadding the padding of the maximum pooling behind the stem: 1 in torchvision, 0 in the zoo's own code
 */
public record KerasResNet50(
        Map<String, Tensor> tensors, double epsilon, boolean strideOnFirst, int layer1Stride, int stemPoolPadding) {
    private static final List<Integer> BLOCKS = List.of(3, 4, 6, 3);
    /** Names of the stem's convolution and batch norm: those of Keras, and those of the zoo's own code. */
    private static final List<List<String>> STEMS =
            List.of(List.of("conv1", "bn_conv1"), List.of("stem-cnn1", "stem-batch1"));

    public KerasResNet50 {
        tensors = ImmutableMap.copyOf(tensors);
    }

    /**
     * Reads a saved {@link ComputationGraph}: {@code configuration.json} and {@code coefficients.bin} of the zip file. Nothing
     * in it is run: DL4J's own {@code ModelSerializer} would deserialize Java objects.
     *
     * @throws WeightsException if the file is not such a network; the message names the file
     * @throws IOException if the file cannot be read
     */
    public static KerasResNet50 read(Path zip) throws IOException {
        try {
            return of(SavedGraph.read(zip));
        } catch (WeightsException e) {
            throw new WeightsException(zip + ": " + e.getMessage(), e);
        }
    }

    /**
     * Takes the tensors out of a network.
     *
     * @throws WeightsException if the network is not a ResNet-50 with these names; the message names the layer
     */
    public static KerasResNet50 of(ComputationGraph network) {
        GraphLayers layers = new GraphLayers(network);
        List<String> stem = STEMS.stream()
                .filter(names -> network.getVertex(names.get(0)) != null)
                .findFirst()
                .orElseThrow(() -> new WeightsException(
                        "no ResNet-50 with Keras's names: expected a layer conv1 or stem-cnn1, found %s"
                                .formatted(
                                        network.getConfiguration().getVertices().keySet())));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        layers.convolution(stem.get(0), stem.get(1), "conv1", "bn1", 7, tensors);
        for (int stage = 1; stage <= BLOCKS.size(); stage++) {
            for (int block = 0; block < BLOCKS.get(stage - 1); block++) {
                addBlock(layers, stage, block, tensors);
            }
        }
        int first = layers.stride("res3a_branch2a");
        WeightsException.check(
                first * layers.stride("res3a_branch2b") == 2,
                "layer 'res3a_branch2a' strides by %s and 'res3a_branch2b' by %s, expected one of them by 2",
                first,
                layers.stride("res3a_branch2b"));
        return new KerasResNet50(
                tensors, layers.epsilon(), first == 2, layers.stride("res2a_branch1"), layers.poolPadding());
    }

    /**
     * Returns the start of the paper's network: every branch begins as a copy of this backbone, reductions and classifiers are
     * drawn. Strides, stem and epsilon are those of this network ({@link Variant}). The preprocessing is the paper's; the
     * zoo's images are pixels less their mean, which training from this start gets used to.
     *
     * @param classes number of training identities
     * @param seed seed of the layers that this network lacks
     * @throws WeightsException if a tensor has another shape than ResNet-50's
     */
    public Model model(int classes, long seed) {
        ImportOptions options = ImportOptions.defaults()
                .withLayout(ImportLayout.TORCHVISION)
                .withClasses(classes)
                .withSeed(seed);
        Model start = WeightImporter.of(tensors, options).model();
        Set<Variant> variants = EnumSet.noneOf(Variant.class);
        if (strideOnFirst) {
            variants.add(Variant.EARLY_STRIDE);
        }
        if (layer1Stride == 2) {
            variants.add(Variant.STRIDED_LAYER1);
        }
        if (stemPoolPadding == 0) {
            variants.add(Variant.FLOOR_STEM_POOL);
        }
        MgnSpec spec = start.spec().toBuilder()
                .backbone(start.spec().backbone().withEpsilon(epsilon))
                .variants(variants)
                .build();
        return new Model(spec, start.weights());
    }

    private static void addBlock(GraphLayers layers, int stage, int block, Map<String, Tensor> tensors) {
        String keras = "%s%s_branch".formatted(stage + 1, (char) ('a' + block));
        String torch = "layer%s.%s.".formatted(stage, block);
        for (int i = 0; i < 3; i++) {
            String branch = "2" + (char) ('a' + i);
            int kernel = i == 1 ? 3 : 1;
            layers.convolution(
                    "res" + keras + branch,
                    "bn" + keras + branch,
                    torch + "conv" + (i + 1),
                    torch + "bn" + (i + 1),
                    kernel,
                    tensors);
        }
        if (block == 0) {
            layers.convolution(
                    "res" + keras + "1",
                    "bn" + keras + "1",
                    torch + "downsample.0",
                    torch + "downsample.1",
                    1,
                    tensors);
        }
    }
}
