package io.github.mgn4j.spec;

import java.util.List;

/**
 * A tensor of a model.
 *
 * @param name as in the model file, such as {@code trunk.layer1.0.conv1.weight}
 * @param shape PyTorch's: {@code [out, in, kernel, kernel]}, {@code [out, in]} or {@code [channels]}
 */
public record Parameter(String name, Kind kind, Section section, List<Integer> shape) {
    /** What a tensor does. */
    public enum Kind {
        CONV_WEIGHT,
        NORM_WEIGHT,
        NORM_BIAS,
        /** Not trained: the running mean of a batch norm. */
        RUNNING_MEAN,
        /** Not trained: the running variance of a batch norm. */
        RUNNING_VAR,
        LINEAR_WEIGHT,
        LINEAR_BIAS
    }

    /** Where it stands: the pretrained part, or the parts that start from nothing. */
    public enum Section {
        BACKBONE,
        REDUCTION,
        CLASSIFIER
    }

    public Parameter {
        shape = List.copyOf(shape);
    }

    /** Whether gradients change it; running statistics are not trained. */
    public boolean trainable() {
        return kind != Kind.RUNNING_MEAN && kind != Kind.RUNNING_VAR;
    }

    /** Number of values. */
    public long size() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }
}
