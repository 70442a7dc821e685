package io.github.mgn4j.dl4j;

import io.github.mgn4j.spec.InputSize;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;

/** A network for tests. */
final class Networks {
    static final InputSize SIZE = new InputSize(48, 32);

    private Networks() {}

    /** Returns a network of one convolution with fresh weights; its layer {@code features} gives 5 values. */
    static ComputationGraph small(CNN2DFormat format) {
        ComputationGraph network = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(2)
                .activation(Activation.RELU)
                .graphBuilder()
                .addInputs("images")
                .setInputTypes(InputType.convolutional(SIZE.height(), SIZE.width(), 3, format))
                .addLayer(
                        "c1",
                        new ConvolutionLayer.Builder(3, 3)
                                .stride(2, 2)
                                .nOut(6)
                                .dataFormat(format)
                                .build(),
                        "images")
                .addLayer("b1", new BatchNormalization.Builder().build(), "c1")
                .addLayer("pooled", new GlobalPoolingLayer.Builder().build(), "b1")
                .addLayer(
                        "features",
                        new DenseLayer.Builder()
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build(),
                        "pooled")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(4)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "features")
                .setOutputs("out")
                .build());
        network.init();
        return network;
    }
}
