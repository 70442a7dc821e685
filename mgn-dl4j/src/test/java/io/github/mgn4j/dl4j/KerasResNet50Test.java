package io.github.mgn4j.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.samediff.internal.InferenceGraph;
import io.github.mgn4j.spec.Variant;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.deeplearning4j.zoo.model.ResNet50;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class KerasResNet50Test {
    private static final int HEIGHT = 45;
    private static final int WIDTH = 33;

    @TempDir
    Path folder;

    /** The zoo's own code, with a pooling in the place of its own, which takes large images only. */
    private static ComputationGraphConfiguration zoo() {
        return ResNet50.builder()
                .numClasses(2)
                .inputShape(new int[] {3, WIDTH, HEIGHT}) // the zoo takes the last for the height
                .build()
                .graphBuilder()
                .removeVertex("avgpool", true)
                .removeVertex("output", true)
                .addLayer("pooled", new GlobalPoolingLayer.Builder().build(), "res5c_branch")
                .addLayer(
                        "output",
                        new OutputLayer.Builder()
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pooled")
                .setOutputs("output")
                .build();
    }

    /** The zoo's network as Keras has it: other names in the stem, a padded pooling, no stride in the first stage, another
     * epsilon.
     */
    private static ComputationGraphConfiguration keras() {
        String json = zoo().toJson().replace("stem-cnn1", "conv1").replace("stem-batch1", "bn_conv1");
        ComputationGraphConfiguration configuration = ComputationGraphConfiguration.fromJson(json);
        configuration.getVertices().forEach((name, vertex) -> {
            if (!(vertex instanceof LayerVertex layer)) {
                return;
            }
            if (layer.getLayerConf().getLayer() instanceof SubsamplingLayer pool) {
                pool.setPadding(new int[] {1, 1});
            }
            if (layer.getLayerConf().getLayer() instanceof BatchNormalization norm) {
                norm.setEps(1e-3);
                norm.setUseLogStd(false);
            }
            if (layer.getLayerConf().getLayer() instanceof ConvolutionLayer convolution
                    && (name.equals("res2a_branch2a") || name.equals("res2a_branch1"))) {
                convolution.setStride(new int[] {1, 1});
            }
        });
        return configuration;
    }

    /** A network with values of the size of a trained one, biases and running statistics included. */
    private static ComputationGraph network(ComputationGraphConfiguration configuration) {
        ComputationGraph network = new ComputationGraph(configuration);
        network.init();
        SplittableRandom random = new SplittableRandom(1);
        network.paramTable().forEach((name, values) -> {
            double low = name.endsWith("_gamma") || name.endsWith("_var") ? 0.5 : -0.5;
            double high = name.endsWith("_log10stdev") || name.endsWith("_b") ? 0.5 : 1;
            if (name.endsWith("_W")) {
                values.muli(
                        2 / Math.sqrt(values.length() / (double) values.size(0))); // the zoo's are for no batch norm
            } else {
                values.assign(Nd4j.create(
                        random.doubles(values.length(), low, high).toArray(), values.shape(), values.dataType()));
            }
        });
        return network;
    }

    private KerasResNet50 savedAndRead(ComputationGraph network) throws IOException {
        Path file = folder.resolve("resnet50.zip");
        ModelSerializer.writeModel(network, file.toFile(), false);
        return KerasResNet50.read(file);
    }

    /** Plain loops over the tensors, with torchvision's names: 1e-4 of the largest value, the rounding of 53 layers in float32. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theTensorsGiveTheNetworksOwnMaps(boolean keras) throws IOException {
        ComputationGraph network = network(keras ? keras() : zoo());
        KerasResNet50 read = keras ? KerasResNet50.of(network) : savedAndRead(network);
        assertThat(read.tensors()).hasSize(5 * 53).containsKeys("conv1.weight", "layer4.2.bn3.running_var");
        assertThat(read.epsilon()).isEqualTo(keras ? 1e-3 : 1e-5);
        assertThat(read.strideOnFirst()).isTrue();
        assertThat(read.layer1Stride()).isEqualTo(keras ? 1 : 2);
        assertThat(read.stemPoolPadding()).isEqualTo(keras ? 1 : 0);

        float[] image = new float[3 * HEIGHT * WIDTH];
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) random.nextDouble(-2, 2);
        }
        INDArray input = Nd4j.create(image, new long[] {1, 3, HEIGHT, WIDTH});
        INDArray[] expected = network.output(
                List.of("res2c_branch", "res3d_branch", "res4f_branch", "res5c_branch"),
                false,
                new INDArray[] {input},
                null);
        List<NaiveResNet.Map> found = NaiveResNet.stages(read, new NaiveResNet.Map(image, 3, HEIGHT, WIDTH));
        for (int stage = 0; stage < 4; stage++) {
            NaiveResNet.Map map = found.get(stage);
            assertThat(expected[stage].shape()).containsExactly(1, map.channels(), map.height(), map.width());
            float[] values = expected[stage].dup('c').data().asFloat();
            double largest = expected[stage].amaxNumber().doubleValue();
            assertThat(largest).isPositive();
            double worst = 0;
            for (int i = 0; i < values.length; i++) {
                worst = Math.max(worst, Math.abs(values[i] - map.values()[i]));
            }
            assertThat(worst / largest).as("stage %s", stage + 1).isCloseTo(0, within(1e-4));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anMgnStartsFromIt(boolean keras) {
        ComputationGraph network = network(keras ? keras() : zoo());
        Model model = KerasResNet50.of(network).model(7, 1);
        assertThat(model.spec().backbone().epsilon()).isEqualTo(keras ? 1e-3 : 1e-5);
        assertThat(model.spec().variants())
                .containsExactlyElementsOf(
                        keras
                                ? List.of(Variant.EARLY_STRIDE)
                                : List.of(Variant.FLOOR_STEM_POOL, Variant.EARLY_STRIDE, Variant.STRIDED_LAYER1));
        INDArray input = Nd4j.rand(DataType.FLOAT, 1, 3, 384, 128).muli(4).subi(2);
        INDArray expected = network.output(List.of("res5c_branch"), false, new INDArray[] {input}, null)[0];
        try (InferenceGraph graph = InferenceGraph.ofMaps(model, Layout.NCHW)) {
            String first = graph.outputs().get(0);
            INDArray found = graph.sd()
                    .output(Map.of(InferenceGraph.IMAGES, input), first)
                    .get(first);
            assertThat(found.shape()).isEqualTo(expected.shape());
            double largest = expected.amaxNumber().doubleValue();
            assertThat(found.sub(expected).amaxNumber().doubleValue() / largest).isLessThan(1e-4);
        }
    }

    @Test
    void biasesAreInTheMeans() {
        ComputationGraph network = network(zoo());
        Tensor means = KerasResNet50.of(network).tensors().get("layer2.1.bn2.running_mean");
        assertThat(means).isNotNull();
        float mean = network.getLayer("bn3b_branch2b").getParam("mean").getFloat(5);
        float bias = network.getLayer("res3b_branch2b").getParam("b").getFloat(5);
        assertThat(means.get(5)).isEqualTo(mean - bias).isNotEqualTo(mean);
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("resnet50.txt"), "no zip");
        assertThatThrownBy(() -> KerasResNet50.read(text))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(text + ": expected a zip file of DL4J: ");
        Path other = folder.resolve("other.zip");
        ComputationGraph network = Networks.small(CNN2DFormat.NCHW);
        ModelSerializer.writeModel(network, other.toFile(), true);
        assertThatThrownBy(() -> KerasResNet50.read(other))
                .isInstanceOf(WeightsException.class)
                .hasMessage(other
                        + ": no ResNet-50 with Keras's names: expected a layer conv1 or stem-cnn1, found [c1, b1, pooled,"
                        + " features, out]");
        try (FileSystem zip = FileSystems.newFileSystem(other)) {
            Files.delete(zip.getPath("coefficients.bin"));
        }
        assertThatThrownBy(() -> KerasResNet50.read(other))
                .isInstanceOf(WeightsException.class)
                .hasMessage(other + ": the zip file has no coefficients.bin: not a network of DL4J");
    }

    @Test
    void networksThatDifferAreRefused() {
        ComputationGraphConfiguration configuration = zoo();
        LayerVertex vertex = (LayerVertex) configuration.getVertices().get("bn4c_branch2a");
        ((BatchNormalization) vertex.getLayerConf().getLayer()).setEps(0.01);
        ComputationGraph network = new ComputationGraph(configuration);
        network.init();
        assertThatThrownBy(() -> KerasResNet50.of(network))
                .isInstanceOf(WeightsException.class)
                .hasMessage("layer 'bn4c_branch2a' has an epsilon of 0.01, expected 1.0E-5 as in the layers before it");
    }
}
