package io.github.mgn4j.onednn;

import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkBuilder;
import io.github.mgn4j.spec.NormLayer;
import io.github.mgn4j.spec.PoolLayer;
import io.github.mgn4j.spec.PoolWindow;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.StemPool;
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
    sealed interface Op permits Convolution, Instance, Pool, Feature {
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

    /** Instance norm of a map's first channels, and ReLU of all. */
    record Instance(NormLayer layer, Value input, Value output) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(input);
        }
    }

    /**
     * Pooling. {@code exponent} is that of the generalised mean, otherwise 0. {@code padding} applies to the top and left; that at the bottom
     * and right follows from the shapes.
     */
    record Pool(
            Pooling kind,
            float exponent,
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
     * @param neck null if the network has none
     * @param position index of the feature
     */
    record Feature(
            Value input,
            int row,
            @Nullable ConvLayer reduction,
            @Nullable NormLayer neck,
            int position) implements Op {
        @Override
        public List<Value> inputs() {
            return List.of(input);
        }

        @Override
        public @Nullable Value output() {
            return null;
        }
    }

    static Network of(Model model) {
        MgnSpec spec = model.spec();
        Builder builder = new Builder(model.weights());
        InputSize input = spec.input();
        Value images = builder.value(IMAGES, 3, input.height(), input.width());
        int position = 0;
        for (Cut cut : new Topology(spec).buildFeatures(new Cut(images, 0, null, null), builder)) {
            builder.ops.add(new Feature(cut.value, cut.row, cut.reduction, cut.neck, position++));
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

    /** A map, or, after pooling, a row of a map with its reduction and neck. */
    private record Cut(
            Value value,
            int row,
            @Nullable ConvLayer reduction,
            @Nullable NormLayer neck) {}

    private static final class Builder implements NetworkBuilder<Cut> {
        private final Weights weights;
        private final List<Value> values = new ArrayList<>();
        private final List<Op> ops = new ArrayList<>();
        /** The pooled maps by granularity: one pooling gives all stripes. */
        private final Map<String, Value> stripes = new HashMap<>();

        private final Set<Value> pooled = new HashSet<>();

        Builder(Weights weights) {
            this.weights = weights;
        }

        Value value(String name, int channels, int height, int width) {
            Value value = new Value(values.size(), name, channels, height, width);
            values.add(value);
            return value;
        }

        @Override
        public Cut convolution(Cut input, ConvLayer layer, @Nullable Cut residual) {
            if (pooled.contains(input.value)) {
                return new Cut(input.value, input.row, layer, null);
            }
            Value output = value(layer.name(), layer.out(), layer.outputHeight(), layer.outputWidth());
            ops.add(new Convolution(layer, input.value, residual == null ? null : residual.value, output));
            return new Cut(output, 0, null, null);
        }

        @Override
        public Cut instanceNorm(Cut input, NormLayer layer, ConvLayer convolution) {
            Value map = input.value;
            Value output = value(map.name, map.channels, map.height, map.width);
            ops.add(new Instance(layer, map, output));
            return new Cut(output, 0, null, null);
        }

        @Override
        public Cut stemPool(Cut input, StemPool pool) {
            Value map = input.value;
            Value output = value(map.name, map.channels, pool.outputHeight(), pool.outputWidth());
            int kernel = StemPool.KERNEL;
            int stride = StemPool.STRIDE;
            ops.add(new Pool(Pooling.MAX, 0, kernel, kernel, stride, stride, pool.padding(), map, output));
            return new Cut(output, 0, null, null);
        }

        @Override
        public Cut neck(Cut vector, NormLayer layer) {
            return new Cut(vector.value, vector.row, vector.reduction, layer);
        }

        @Override
        public Cut pool(Cut input, PoolLayer layer) {
            Value map = input.value;
            PoolWindow window = layer.window();
            Pooling kind = layer.kind();
            int rows = window.rows();
            float exponent = kind == Pooling.GEM ? weights.get(layer.exponent()).get(0) : 0;
            Value output = stripes.computeIfAbsent(map.index + "/" + rows + "/" + exponent, key -> {
                Value made = value(map.name, map.channels, window.count(), 1);
                // Right after the map, so that the map's memory is free for the next branch.
                ops.add(
                        indexAfter(map),
                        new Pool(kind, exponent, rows, window.width(), rows, window.width(), 0, map, made));
                return made;
            });
            pooled.add(output);
            return new Cut(output, window.index(), null, null);
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
