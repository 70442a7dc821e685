package io.github.mgn4j.examples;

import io.github.mgn4j.dl4j.BatchHardTripletLoss;
import io.github.mgn4j.loss.TripletLoss;
import io.github.mgn4j.spec.InputSize;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;

/** A network like ResNet-18 at a quarter of its width, with a softmax and a batch-hard triplet loss on its features. */
final class Dl4jResNet {
    /** The layer that gives the features. */
    static final String FEATURES = "features";

    private final GraphBuilder net;

    private Dl4jResNet(GraphBuilder net) {
        this.net = net;
    }

    static ComputationGraphConfiguration configuration(InputSize size, int classes) {
        Dl4jResNet resnet = new Dl4jResNet(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.002))
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("images")
                .setInputTypes(InputType.convolutional(size.height(), size.width(), 3)));
        String last = resnet.relu(resnet.convolution("stem", "images", 3, 16, 2));
        for (int i = 0; i < 8; i++) {
            last = resnet.block("block" + i, last, 16 << (i / 2), i > 0 && i % 2 == 0 ? 2 : 1);
        }
        LossLayer triplet = new LossLayer.Builder(BatchHardTripletLoss.of(TripletLoss.softMargin())).build();
        OutputLayer softmax = new OutputLayer.Builder()
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .build();
        return resnet.net
                .addLayer(FEATURES, new GlobalPoolingLayer(), last)
                .addLayer("triplet", triplet, FEATURES)
                .addLayer("softmax", softmax, FEATURES)
                .setOutputs("softmax", "triplet")
                .build();
    }

    private String block(String name, String in, int channels, int stride) {
        String first = relu(convolution(name + "a", in, 3, channels, stride));
        String second = convolution(name + "b", first, 3, channels, 1);
        String shortcut = convolution(name + "c", in, 1, channels, stride);
        net.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), second, shortcut);
        return relu(name);
    }

    /** Adds a convolution and its batch norm. */
    private String convolution(String name, String in, int kernel, int channels, int stride) {
        ConvolutionLayer.Builder layer = new ConvolutionLayer.Builder(kernel, kernel);
        layer.setStride(stride, stride);
        net.addLayer(name, layer.nOut(channels).hasBias(false).build(), in);
        net.addLayer(name + "-norm", new BatchNormalization(), name);
        return name + "-norm";
    }

    private String relu(String in) {
        net.addLayer(in + "-relu", new ActivationLayer(Activation.RELU), in);
        return in + "-relu";
    }
}
