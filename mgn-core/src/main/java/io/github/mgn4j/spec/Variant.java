package io.github.mgn4j.spec;

import java.util.Locale;

/**
 * Departures of public networks from the paper's network. A spec has a set of them; each engine supports a variant or
 * refuses it when it opens.
 */
public enum Variant {
    /**
     * The first batch norm of every block in layers 1 to 3 normalises only the second half of its channels; the first half is
     * normalised over each image's own map (IBN-a, Pan et al., ECCV 2018).
     */
    IBN_A,
    /** No ReLU follows the stem's batch norm. */
    LINEAR_STEM,
    /** The stem's pooling has no padding and rounds its size up ({@code ceil_mode}); its windows start at the edge. */
    CEILING_STEM_POOL,
    /** The stem's pooling has no padding and rounds its size down, as in Keras' ResNet-50. */
    FLOOR_STEM_POOL,
    /** A bottleneck's stride is on its first 1x1 convolution, as in the original ResNet, not on the 3x3 one. */
    EARLY_STRIDE,
    /** The first block of layer1 halves the resolution, too, as in the code of DL4J's zoo. */
    STRIDED_LAYER1,
    /** No ReLU follows the reductions. */
    LINEAR_REDUCTION,
    /**
     * A batch norm without a trained shift stands between a feature and its classifier, and the vector behind it is the feature
     * in evaluation (BNNeck, Luo et al., CVPRW 2019). Metric losses see the vector before it.
     */
    BN_NECK,
    /** The feature is the pooled vector; reduction and neck serve the classifier alone, as in PCB's published evaluation. */
    POOLED_FEATURE,
    /** The classifiers have no bias. */
    NO_CLASSIFIER_BIAS,
    /** Each vector of the extracted feature is divided by its Euclidean length. */
    UNIT_PARTS,
    /**
     * Each vector of the extracted feature is divided by its Euclidean length and by the square root of their number, so that
     * the feature has length 1.
     */
    UNIT_FEATURE;

    /** Returns the name in JSON and on the command line, such as {@code ibn_a}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
