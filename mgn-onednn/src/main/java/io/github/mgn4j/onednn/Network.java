package io.github.mgn4j.onednn;

import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkBuilder;
import io.github.mgn4j.spec.PoolWindow;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A feature network as the list of operations that the engine runs, independent of batch size, number formats and
 * memory.
 *
 * @param values the maps that operations read and write; the first is the images
 * @param ops in the order of execution
 */
record Network(MgnSpec spec, List<Value> values, List<Op> ops) {
    /** Name of the input in calibration and messages. */
    static final String IMAGES = "images";

    Network {
        values = List.copyOf(values);
        ops = List.copyOf(ops);
    }

    /** A feature map; {@code name} is the name of its convolution. */
    record Value(int index, String name, int channels, int height, int width) {}

    /** An operation. It reads its inputs and writes its output, if it has one. */
    sealed interface Op permits Convolution, Pool, Feature {
        List<Value> inputs();

        @Nullable
        Value output();
    }

    /** Convolution with bias, the sum with {@code residual}, and ReLU if the layer has one. */
    record Convolution(
            ConvLayer layer, Value input, @Nullable Value residual, Value output) implements Op {
        @Override
        public List<Value> inputs() {
            return residual == null ? List.of(input) : List.of(input, residual);
        }
    }

    /** Pooling. {@code padding} applies to the top and left; that at the bottom and right follows from the shapes. */
    record Pool(
            Pooling kind,
            int height,
            int width,
            int strideHeight,
            int strideWidth,
            int padding,
            Value input,
            Value output)
            implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(input);
        }
    }

    /**
     * One feature of the output: a reduced row of a pooled map.
     *
     * @param row index of the map's row, which is a stripe
     * @param reduction null if the feature is the pooled vector itself
     * @param position index of the feature
     */
    record Feature(Value input, int row, @Nullable ConvLayer reduction, int position) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(input);
        }

        @Override
        public @Nullable Value output() {
            return null;
        }
    }

    static Network of(MgnSpec spec) {
        Builder builder = new Builder();
        InputSize input = spec.input();
        Value images = builder.value(IMAGES, 3, input.height(), input.width());
        int position = 0;
        for (Topology.Vectors<Cut> vectors :
                new Topology(spec).build(new Cut(images, 0, null), builder).values()) {
            Cut cut = vectors.reduced();
            builder.ops.add(new Feature(cut.value, cut.row, cut.reduction, position++));
        }
        return new Network(spec, builder.values, builder.ops);
    }

    Value images() {
        return values.get(0);
    }

    /** Returns whether the input, or a convolution's output, has negative values. */
    boolean isSigned(String name) {
        return ops.stream()
                .noneMatch(op -> op instanceof Convolution convolution
                        && convolution.layer().relu()
                        && convolution.layer().name().equals(name));
    }

    /** A map, or, after pooling, a row of a map and its reduction. */
    private record Cut(Value value, int row, @Nullable ConvLayer reduction) {}

    private static final class Builder implements NetworkBuilder<Cut> {
        private final List<Value> values = new ArrayList<>();
        private final List<Op> ops = new ArrayList<>();
        /** The pooled maps by granularity: one pooling gives all stripes. */
        private final Map<String, Value> stripes = new HashMap<>();

        private final Set<Value> pooled = new HashSet<>();

        Value value(String name, int channels, int height, int width) {
            Value value = new Value(values.size(), name, channels, height, width);
            values.add(value);
            return value;
        }

        @Override
        public Cut convolution(Cut input, ConvLayer layer, @Nullable Cut residual) {
            if (pooled.contains(input.value)) {
                return new Cut(input.value, input.row, layer);
            }
            Value output = value(layer.name(), layer.out(), layer.outputHeight(), layer.outputWidth());
            ops.add(new Convolution(layer, input.value, residual == null ? null : residual.value, output));
            return new Cut(output, 0, null);
        }

        @Override
        public Cut stemPool(Cut input) {
            Value map = input.value;
            Value output = value(map.name, map.channels, (map.height + 1) / 2, (map.width + 1) / 2);
            ops.add(new Pool(Pooling.MAX, 3, 3, 2, 2, 1, map, output));
            return new Cut(output, 0, null);
        }

        @Override
        public Cut pool(Cut input, Pooling kind, PoolWindow window) {
            Value map = input.value;
            int rows = window.rows();
            Value output = stripes.computeIfAbsent(map.index + "/" + rows, key -> {
                Value made = value(map.name, map.channels, window.count(), 1);
                // Right after the map, so that the map's memory is free for the next branch.
                ops.add(indexAfter(map), new Pool(kind, rows, window.width(), rows, window.width(), 0, map, made));
                return made;
            });
            pooled.add(output);
            return new Cut(output, window.index(), null);
        }

        private int indexAfter(Value value) {
            for (int i = 0; i < ops.size(); i++) {
                if (Objects.equals(ops.get(i).output(), value)) {
                    return i + 1;
                }
            }
            throw new IllegalStateException("nothing makes " + value);
        }
    }
}
