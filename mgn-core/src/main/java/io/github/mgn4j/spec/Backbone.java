package io.github.mgn4j.spec;

import java.util.List;

/**
 * A residual network as in torchvision (He et al., CVPR 2016; the stride of a bottleneck is on its 3x3 convolution).
 *
 * @param depth 18, 34 (basic blocks), 50, 101 or 152 (bottlenecks)
 * @param width multiplier of every channel count; 1 is the published network, small values make networks for tests
 * @param innerRatio multiplier of the inner width of bottlenecks: 1, or 2 in the wide networks of Zagoruyko and Komodakis
 *     (BMVC 2016)
 * @param epsilon the constant added to the variance in every batch norm: 1e-5 in PyTorch, 1e-3 in Keras
 */
public record Backbone(int depth, double width, int innerRatio, double epsilon) {
    /** Channels of the first convolution at width 1. */
    private static final int STEM_CHANNELS = 64;

    /** Number of residual stages, named layer1 to layer4. */
    public static final int STAGES = 4;

    public Backbone {
        SpecException.check(
                depth == 18 || depth == 34 || depth == 50 || depth == 101 || depth == 152,
                "backbone depth must be 18, 34, 50, 101 or 152, not %s",
                depth);
        SpecException.check(
                width > 0 && width <= 8 && Math.round(STEM_CHANNELS * width) >= 1,
                "backbone width multiplier must be above 0 (at least one channel) and at most 8, not %s",
                width);
        SpecException.check(
                innerRatio == 1 || (innerRatio == 2 && depth >= 50),
                "backbone inner ratio must be 1, or 2 in a network of bottlenecks, not %s",
                innerRatio);
        SpecException.check(
                epsilon >= 1e-12 && epsilon <= 0.1, "backbone epsilon must be 1e-12 to 0.1, not %s", epsilon);
    }

    /** Creates a network of the usual inner width, with PyTorch's constant in its batch norms. */
    public Backbone(int depth, double width) {
        this(depth, width, 1, ConvLayer.EPSILON);
    }

    /** Returns this network with another multiplier of the inner width. */
    public Backbone withInnerRatio(int ratio) {
        return new Backbone(depth, width, ratio, epsilon);
    }

    /** Returns this network with another constant in its batch norms. */
    public Backbone withEpsilon(double value) {
        return new Backbone(depth, width, innerRatio, value);
    }

    /** Returns the published network of that depth. */
    public static Backbone resnet(int depth) {
        return new Backbone(depth, 1);
    }

    /** Returns whether blocks are bottlenecks (1x1, 3x3, 1x1) rather than pairs of 3x3 convolutions. */
    public boolean bottleneck() {
        return depth >= 50;
    }

    /**
     * Returns the ratio of a block's output channels to its inner width at ratio 1: 4 for bottlenecks, 1 for basic blocks.
     */
    public int expansion() {
        return bottleneck() ? 4 : 1;
    }

    /** Returns the channels of the stem, the 7x7 convolution. */
    public int stemChannels() {
        return Math.toIntExact(Math.round(STEM_CHANNELS * width));
    }

    /** Returns the inner width of the blocks of a stage (1 to 4). */
    public int stageWidth(int stage) {
        return innerRatio * (stemChannels() << (stage - 1));
    }

    /** Returns the output channels of a stage (1 to 4): 256, 512, 1024, 2048 for ResNet-50. */
    public int stageChannels(int stage) {
        return (stemChannels() << (stage - 1)) * expansion();
    }

    /** Returns the number of blocks of a stage (1 to 4). */
    public int blocks(int stage) {
        return blockCounts().get(stage - 1);
    }

    private List<Integer> blockCounts() {
        return switch (depth) {
            case 18 -> List.of(2, 2, 2, 2);
            case 101 -> List.of(3, 4, 23, 3);
            case 152 -> List.of(3, 8, 36, 3);
            default -> List.of(3, 4, 6, 3);
        };
    }
}
