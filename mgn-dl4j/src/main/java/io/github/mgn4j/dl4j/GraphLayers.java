package io.github.mgn4j.dl4j;

import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.WeightsException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The layers of a network by name, and their tensors in PyTorch's form. */
final class GraphLayers {
    private final ComputationGraph network;
    /** The epsilon of the batch norms so far; NaN before the first. */
    private double epsilon = Double.NaN;

    GraphLayers(ComputationGraph network) {
        this.network = network;
    }

    /** Returns the configuration of a layer. */
    <T extends org.deeplearning4j.nn.conf.layers.Layer> T layer(String name, Class<T> kind) {
        org.deeplearning4j.nn.conf.layers.Layer found = instance(name).conf().getLayer();
        WeightsException.check(
                kind.isInstance(found),
                "layer '%s' is a %s, expected a %s",
                name,
                found.getClass().getSimpleName(),
                kind.getSimpleName());
        return kind.cast(found);
    }

    private Layer instance(String name) {
        Layer found = network.getLayer(name);
        WeightsException.check(found != null, "layer '%s' is missing", name);
        return found;
    }

    /** Returns the stride of a convolution, the same in both directions. */
    int stride(String name) {
        int[] stride = layer(name, ConvolutionLayer.class).getStride();
        WeightsException.check(
                stride[0] == stride[1],
                "layer '%s' strides by %s and %s, expected one number",
                name,
                stride[0],
                stride[1]);
        return stride[0];
    }

    /** Returns the padding of the first pooling, in the pooling itself or in a layer before it. */
    int poolPadding() {
        SubsamplingLayer pool = Arrays.stream(network.getLayers())
                .map(layer -> layer.conf().getLayer())
                .filter(SubsamplingLayer.class::isInstance)
                .map(SubsamplingLayer.class::cast)
                .findFirst()
                .orElseThrow(() -> new WeightsException("the network has no pooling behind its stem"));
        String name = pool.getLayerName();
        WeightsException.check(
                pool.getConvolutionMode() != ConvolutionMode.Same,
                "layer '%s' pads by the size of the image (mode Same), expected a fixed padding",
                name);
        List<String> inputs = network.getConfiguration().getVertexInputs().getOrDefault(name, List.of());
        int before = inputs.stream()
                .map(network::getLayer)
                .filter(layer -> layer != null && layer.conf().getLayer() instanceof ZeroPaddingLayer)
                .mapToInt(layer -> ((ZeroPaddingLayer) layer.conf().getLayer()).getPadding()[0])
                .sum();
        return pool.getPadding()[0] + before;
    }

    /** Returns the epsilon that all batch norms share. */
    double epsilon() {
        return epsilon;
    }

    /**
     * Adds the weights of a convolution and the tensors of the batch norm behind it, with the convolution's bias in the mean.
     */
    void convolution(String conv, String norm, String torchConv, String torchNorm, int kernel, Map<String, Tensor> to) {
        ConvolutionLayer layer = layer(conv, ConvolutionLayer.class);
        INDArray weights = instance(conv).getParam(ConvolutionParamInitializer.WEIGHT_KEY);
        WeightsException.check(
                weights.size(2) == kernel && weights.size(3) == kernel,
                "layer '%s' has a kernel of %sx%s, expected %sx%s",
                conv,
                weights.size(2),
                weights.size(3),
                kernel,
                kernel);
        to.put(torchConv + ".weight", tensor(weights));
        BatchNormalization batchNorm = layer(norm, BatchNormalization.class);
        note(norm, batchNorm.getEps());
        Layer values = instance(norm);
        int channels = Math.toIntExact(weights.size(0));
        INDArray gamma = batchNorm.isLockGammaBeta()
                ? Nd4j.valueArrayOf(channels, batchNorm.getGamma())
                : values.getParam(BatchNormalizationParamInitializer.GAMMA);
        INDArray beta = batchNorm.isLockGammaBeta()
                ? Nd4j.valueArrayOf(channels, batchNorm.getBeta())
                : values.getParam(BatchNormalizationParamInitializer.BETA);
        INDArray mean = values.getParam(BatchNormalizationParamInitializer.GLOBAL_MEAN);
        if (layer.hasBias()) {
            mean = mean.reshape(channels)
                    .sub(instance(conv)
                            .getParam(ConvolutionParamInitializer.BIAS_KEY)
                            .reshape(channels));
        }
        INDArray variance = batchNorm.isUseLogStd()
                ? Transforms.pow(
                        Nd4j.scalar(DataType.DOUBLE, 10).broadcast(channels),
                        values.getParam(BatchNormalizationParamInitializer.GLOBAL_LOG_STD)
                                .castTo(DataType.DOUBLE)
                                .reshape(channels)
                                .mul(2))
                : values.getParam(BatchNormalizationParamInitializer.GLOBAL_VAR);
        to.put(torchNorm + ".weight", tensor(gamma.reshape(channels)));
        to.put(torchNorm + ".bias", tensor(beta.reshape(channels)));
        to.put(torchNorm + ".running_mean", tensor(mean.reshape(channels)));
        to.put(torchNorm + ".running_var", tensor(variance.reshape(channels)));
    }

    private void note(String norm, double value) {
        WeightsException.check(
                Double.isNaN(epsilon) || epsilon == value,
                "layer '%s' has an epsilon of %s, expected %s as in the layers before it",
                norm,
                value,
                epsilon);
        epsilon = value;
    }

    private static Tensor tensor(INDArray array) {
        int[] shape = new int[array.rank()];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = Math.toIntExact(array.size(axis));
        }
        return Tensor.of(array.castTo(DataType.FLOAT).dup('c').data().asFloat(), shape);
    }
}
