package io.github.mgn4j.spec;

import java.util.List;

/**
 * A tensor of a model.
 *
 * @param name the name in the model file, such as {@code trunk.layer1.0.conv1.weight}
 * @param kind the role of the tensor in its layer
 * @param section the section of the network that holds the layer
 * @param shape the shape in PyTorch's order: {@code [out, in, kernel, kernel]}, {@code [out, in]} or {@code [channels]}
 */
public record Parameter(String name, Kind kind, Section section, List<Integer> shape) {
    /** The role of a tensor in its layer. */
    public enum Kind {
        /** The kernel of a convolution. */
        CONV_WEIGHT,
        /** The scale (gamma) of a batch norm. */
        NORM_WEIGHT,
        /** The shift (beta) of a batch norm. */
        NORM_BIAS,
        /** The shift of a neck's batch norm, which stays zero: it is part of the model and not trained. */
        FIXED_NORM_BIAS,
        /** The exponent of a generalised-mean pooling. */
        POOL_EXPONENT,
        /** The running mean of a batch norm; not trained. */
        RUNNING_MEAN,
        /** The running variance of a batch norm; not trained. */
        RUNNING_VAR,
        /** The weight of a classifier. */
        LINEAR_WEIGHT,
        /** The bias of a classifier. */
        LINEAR_BIAS
    }

    /** The section of a network: the pretrained backbone, or a part that starts from random values. */
    public enum Section {
        /** The layers of the pretrained ResNet, in the trunk and the branches. */
        BACKBONE,
        /** The poolings, reductions and necks of the features. */
        REDUCTION,
        /** The identity classifiers, which feature extraction does not need. */
        CLASSIFIER
    }

    public Parameter {
        shape = List.copyOf(shape);
    }

    /** Returns whether training changes the tensor by gradients; false for running statistics and fixed shifts. */
    public boolean trainable() {
        return kind != Kind.RUNNING_MEAN && kind != Kind.RUNNING_VAR && kind != Kind.FIXED_NORM_BIAS;
    }

    /** Returns the number of values. */
    public long size() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }
}
