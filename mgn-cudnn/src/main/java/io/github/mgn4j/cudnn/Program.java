package io.github.mgn4j.cudnn;

import com.google.common.collect.ImmutableList;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.MgnSpec;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A feature network as a list of device operations: plain data, independent of CUDA, batch size and memory. Maps are
 * channels-last, their channels padded with zeros to a multiple of {@link #ALIGNMENT}. Operations of different lanes
 * may run at the same time: lane 0 is the trunk and the heads behind all branches, lane b + 1 branch b.
 *
 * @param values the maps that operations write and read
 * @param ops in an order of execution
 * @param bands pooled bands of rows that all branches write
 */
record Program(MgnSpec spec, List<Value> values, List<Op> ops, int bands) {
    /** Channels that maps are padded to: 16 bytes of the shortest format. */
    static final int ALIGNMENT = 16;

    /** Numbers in a block of 2x2 pixels, which the stem's 4x4 convolution reads. */
    static final int BLOCK = 12;

    Program {
        values = ImmutableList.copyOf(values);
        ops = ImmutableList.copyOf(ops);
    }

    /**
     * A map.
     *
     * @param layers names of the convolutions that write its parts, in the order of channels; empty for the packed
     *     images
     */
    record Value(int index, List<String> layers, int channels, int height, int width) {
        View all() {
            return new View(this, 0, channels);
        }
    }

    /**
     * The channels of a map that an operation reads: all of them, or a branch's share of a joint convolution's output.
     */
    record View(Value value, int first, int channels) {}

    /** An operation. */
    sealed interface Op permits Pack, Stem, Convolution, MaxPool, PoolBands, Head {
        int lane();

        List<View> inputs();

        /** Returns the same operation on other maps. */
        Op on(UnaryOperator<View> inputs, UnaryOperator<Value> outputs);

        /** Returns the map that it writes; null for pooled bands and features, which lie outside the arena of maps. */
        @Nullable
        Value output();
    }

    /**
     * Packs images, followed by their mirrors, into blocks of 2x2 pixels in a frame of zeros: two above and left, one
     * below and right.
     */
    record Pack(Value output) implements Op {
        @Override
        public int lane() {
            return 0;
        }

        @Override
        public List<View> inputs() {
            return List.of();
        }

        @Override
        public Op on(UnaryOperator<View> inputs, UnaryOperator<Value> outputs) {
            return new Pack(outputs.apply(output));
        }
    }

    /** The stem's convolution over blocks, bias, ReLU and 3x3 maximum at stride 2 in one operation. */
    record Stem(ConvLayer layer, View input, Value output) implements Op {
        @Override
        public int lane() {
            return 0;
        }

        @Override
        public List<View> inputs() {
            return List.of(input);
        }

        @Override
        public Op on(UnaryOperator<View> inputs, UnaryOperator<Value> outputs) {
            return new Stem(layer, inputs.apply(input), outputs.apply(output));
        }
    }

    /**
     * Convolution with bias, the sum with {@code residual}, ReLU.
     *
     * @param layers layers whose outputs are adjacent; they differ only in their weights
     * @param kernel height and width of the kernel over the input as it is stored, blocks or pixels
     */
    record Convolution(
            int lane,
            List<ConvLayer> layers,
            View input,
            @Nullable View residual,
            Value output,
            int kernel,
            int stride,
            int padding)
            implements Op {
        boolean relu() {
            return layers.get(0).relu();
        }

        /** Returns whether it is the stem's, which reads blocks of pixels. */
        boolean readsBlocks() {
            return input.value().layers().isEmpty();
        }

        @Override
        public List<View> inputs() {
            return residual == null ? List.of(input) : List.of(input, residual);
        }

        @Override
        public Op on(UnaryOperator<View> inputs, UnaryOperator<Value> outputs) {
            View added = residual == null ? null : inputs.apply(residual);
            return new Convolution(
                    lane, layers, inputs.apply(input), added, outputs.apply(output), kernel, stride, padding);
        }
    }

    /** The stem's maximum: 3x3, stride 2, padding 1. */
    record MaxPool(View input, Value output) implements Op {
        @Override
        public int lane() {
            return 0;
        }

        @Override
        public List<View> inputs() {
            return List.of(input);
        }

        @Override
        public Op on(UnaryOperator<View> inputs, UnaryOperator<Value> outputs) {
            return new MaxPool(inputs.apply(input), outputs.apply(output));
        }
    }

    /**
     * Maxima or sums of bands of rows, from one pass over the map. The whole map and the stripes are combined from
     * them.
     *
     * @param bounds first row of each band, and the height
     * @param firstBand index of the first band among those of all branches
     */
    record PoolBands(int lane, View input, List<Integer> bounds, int firstBand) implements Op {
        @Override
        public List<View> inputs() {
            return List.of(input);
        }

        @Override
        public @Nullable Value output() {
            return null;
        }

        @Override
        public Op on(UnaryOperator<View> inputs, UnaryOperator<Value> outputs) {
            return new PoolBands(lane, inputs.apply(input), bounds, firstBand);
        }
    }

    /**
     * Computes all features from all bands: the reductions as one batched product, or the pooled vectors themselves.
     */
    record Head(List<Feature> features) implements Op {
        @Override
        public int lane() {
            return 0;
        }

        @Override
        public List<View> inputs() {
            return List.of();
        }

        @Override
        public @Nullable Value output() {
            return null;
        }

        @Override
        public Op on(UnaryOperator<View> inputs, UnaryOperator<Value> outputs) {
            return this;
        }
    }

    /**
     * A feature.
     *
     * @param firstBand its first band
     * @param lastBand its last band, exclusive
     * @param pixels total number of pixels of the bands, the divisor of a mean
     * @param reduction null if the feature is the pooled vector itself
     */
    record Feature(
            int firstBand,
            int lastBand,
            int pixels,
            @Nullable ConvLayer reduction) {}

    /** Returns the operation that computes the features. */
    Head head() {
        return (Head) ops.get(ops.size() - 1);
    }

    /** Returns the number of lanes. */
    int lanes() {
        return 1 + ops.stream().mapToInt(Op::lane).max().orElse(0);
    }

    /** Returns the number of channels of a last map, padding included. */
    int pooledChannels() {
        return padded(spec.pooledLength());
    }

    /** Returns the number of channels that a map is stored with. */
    static int padded(int channels) {
        return (channels + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
