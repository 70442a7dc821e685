package io.github.mgn4j.onnx;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.FoldedConvolution;
import io.github.mgn4j.engine.internal.Int8Weights;
import io.github.mgn4j.image.Preprocessor;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkBuilder;
import io.github.mgn4j.spec.PoolWindow;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Builds a feature network as an ONNX graph. A map is represented by the name of its value. */
final class OnnxNetwork implements NetworkBuilder<String> {
    private static final String BATCH = "N";
    private static final String REDUCTIONS = "reductions.";
    private static final String STEM = "trunk.conv1";

    private final OnnxGraph graph = new OnnxGraph();
    private final Model model;
    private final OnnxOptions options;
    private final OnnxType type;
    /** The stripes of a map, sliced from one pooling. */
    private final Map<String, List<String>> stripes = new HashMap<>();

    /** Ranges of the rounded maps. */
    private final Map<String, Range> roundedRanges = new HashMap<>();

    /** Activation ranges for 8 bits, otherwise null. */
    private final @Nullable ActivationRanges ranges;

    private OnnxNetwork(Model model, OnnxOptions options) {
        this.model = model;
        this.options = options;
        type = options.precision() == Precision.FP16 ? OnnxType.FLOAT16 : OnnxType.FLOAT;
        ranges = options.precision() == Precision.INT8 ? model.ranges() : null;
        OnnxException.check(
                options.precision() != Precision.INT8 || ranges != null,
                "int8 needs a calibrated model, and this one has no activation ranges");
    }

    static OnnxGraph graph(Model model, OnnxOptions options) {
        return new OnnxNetwork(model, options).build();
    }

    private OnnxGraph build() {
        MgnSpec spec = model.spec();
        Map<FeaturePart, Topology.Vectors<String>> parts = new Topology(spec).build(images(spec.input()), this);
        List<String> vectors =
                parts.values().stream().map(Topology.Vectors::reduced).toList();
        String joined = vectors.size() == 1 ? vectors.get(0) : "joined";
        if (vectors.size() > 1) {
            graph.add("Concat", vectors, List.of(joined)).with("axis", 1);
        }
        String flat = type == OnnxType.FLOAT ? OnnxExporter.FEATURES : "flat";
        graph.add("Flatten", List.of(joined), List.of(flat)).with("axis", 1);
        if (type != OnnxType.FLOAT) {
            cast(flat, OnnxExporter.FEATURES, OnnxType.FLOAT);
        }
        Object batch = options.repeat() == 0 ? BATCH : (Object) options.repeat();
        graph.output(OnnxExporter.FEATURES, OnnxType.FLOAT, batch, spec.featureLength());
        return graph;
    }

    /** Returns the input as the first convolution expects it. */
    private String images(InputSize size) {
        boolean pixels = options.input() == OnnxInput.PIXELS;
        Object batch = options.repeat() == 0 ? BATCH : (Object) 1;
        graph.input(
                OnnxExporter.IMAGES, pixels ? OnnxType.UINT8 : OnnxType.FLOAT, batch, 3, size.height(), size.width());
        String images = OnnxExporter.IMAGES;
        if (pixels) {
            String values = cast(images, "pixels", OnnxType.FLOAT);
            String centred = arithmetic("Sub", values, "centred", constant("mean", scaled(Preprocessor.mean())));
            images =
                    arithmetic("Div", centred, "normalised", constant("std", scaled(Preprocessor.standardDeviation())));
        }
        if (type != OnnxType.FLOAT) {
            images = cast(images, "half", type);
        }
        if (options.repeat() > 0) {
            float[] repeats = {options.repeat(), 1, 1, 1};
            String times = graph.add(new Initializer("repeats", OnnxType.INT64, List.of(4), () -> repeats));
            images = arithmetic("Tile", images, "repeated", times);
        }
        return rounded(images, () -> range(OnnxExporter.IMAGES, true));
    }

    /** Returns a map as the next layer reads it: rounded to 8 bits if the options say so, otherwise unchanged. */
    private String rounded(String map, Supplier<Range> range) {
        if (ranges == null) {
            return map;
        }
        Range expected = range.get();
        float[] step = {expected.step()};
        float[] zero = {expected.zero()};
        OnnxType integer = options.symmetric() ? OnnxType.INT8 : OnnxType.UINT8;
        List<String> inputs = List.of(
                map,
                graph.add(new Initializer(map + ".step", OnnxType.FLOAT, List.of(), () -> step)),
                graph.add(new Initializer(map + ".zero", integer, List.of(), () -> zero)));
        String result = map + ".int8";
        String rounded = map + ".rounded";
        graph.add("QuantizeLinear", inputs, List.of(result));
        graph.add("DequantizeLinear", List.of(result, inputs.get(1), inputs.get(2)), List.of(rounded));
        roundedRanges.put(rounded, expected);
        return rounded;
    }

    /**
     * The range of values that 8 bits represent.
     *
     * @param bound the largest value
     * @param signed whether the range extends equally below 0
     * @param symmetric whether 0 must be the integer 0, and the largest value 127
     */
    private record Range(float bound, boolean signed, boolean symmetric) {
        private float step() {
            return bound / (signed || symmetric ? Int8Weights.MAX : 2 * Int8Weights.MAX + 1);
        }

        private float zero() {
            return signed && !symmetric ? Int8Weights.MAX + 1 : 0;
        }
    }

    private Range range(String name, boolean signed) {
        return new Range(Objects.requireNonNull(ranges).bound(name), signed, options.symmetric());
    }

    /**
     * Returns the range of a convolution's output before the sum with the residual. The output is at most the sum's
     * largest value. Where it is less than minus the residual's, ReLU makes the sum 0 in any case.
     */
    private Range summand(ConvLayer layer, String residual) {
        float sum = range(layer.name(), false).bound();
        return new Range(
                Math.max(
                        sum, Objects.requireNonNull(roundedRanges.get(residual)).bound()),
                true,
                false);
    }

    private String weight(ConvLayer layer) {
        String name = layer.name() + ".weight";
        List<Integer> shape = List.of(layer.out(), layer.in(), layer.kernel(), layer.kernel());
        if (ranges == null || layer.name().startsWith(REDUCTIONS)) {
            return graph.add(new Initializer(name, type, shape, () -> folded(layer)));
        }
        List<Integer> channels = List.of(layer.out());
        graph.add(new Initializer(
                name + ".int8", OnnxType.INT8, shape, () -> Int8Weights.rounded(folded(layer), layer.out())));
        graph.add(new Initializer(
                name + ".step", OnnxType.FLOAT, channels, () -> Int8Weights.scales(folded(layer), layer.out())));
        graph.add(new Initializer(name + ".zero", OnnxType.INT8, channels, () -> new float[layer.out()]));
        graph.add("DequantizeLinear", List.of(name + ".int8", name + ".step", name + ".zero"), List.of(name))
                .with("axis", 0);
        return name;
    }

    private float[] folded(ConvLayer layer) {
        return FoldedConvolution.of(model.weights(), layer).weight().toArray();
    }

    private static float[] scaled(float[] channels) {
        float[] scaled = new float[channels.length];
        for (int c = 0; c < scaled.length; c++) {
            scaled[c] = 255 * channels[c];
        }
        return scaled;
    }

    private String constant(String name, float[] channels) {
        return graph.add(new Initializer(name, OnnxType.FLOAT, List.of(1, channels.length, 1, 1), () -> channels));
    }

    private String arithmetic(String operation, String left, String name, String right) {
        graph.add(operation, List.of(left, right), List.of(name));
        return name;
    }

    private String cast(String input, String name, OnnxType to) {
        graph.add("Cast", List.of(input), List.of(name)).with("to", to.code());
        return name;
    }

    @Override
    public String convolution(String input, ConvLayer layer, @Nullable String residual) {
        int kernel = layer.kernel();
        int padding = layer.padding();
        boolean backbone = !layer.name().startsWith(REDUCTIONS);
        String weight = weight(layer);
        String bias = graph.add(new Initializer(
                layer.name() + ".bias",
                type,
                List.of(layer.out()),
                () -> FoldedConvolution.of(model.weights(), layer).bias().toArray()));
        String map = layer.name();
        graph.add("Conv", List.of(input, weight, bias), List.of(map))
                .withList("kernel_shape", kernel, kernel)
                .withList("strides", layer.stride(), layer.stride())
                .withList("pads", padding, padding, padding, padding);
        if (residual != null) {
            if (!options.symmetric()) { // TensorRT adds in the accumulator, others need integers on both sides
                map = rounded(map, () -> summand(layer, residual));
            }
            map = arithmetic("Add", map, layer.name() + ".sum", residual);
        }
        if (layer.relu()) {
            graph.add("Relu", List.of(map), List.of(layer.name() + ".relu"));
            map = layer.name() + ".relu";
        }
        return backbone ? rounded(map, () -> range(layer.name(), !layer.relu())) : map;
    }

    @Override
    public String stemPool(String input) {
        String pooled = "trunk.pool";
        graph.add("MaxPool", List.of(input), List.of(pooled))
                .withList("kernel_shape", 3, 3)
                .withList("strides", 2, 2)
                .withList("pads", 1, 1, 1, 1);
        // The largest of rounded values is a rounded value.
        return rounded(pooled, () -> range(STEM, false));
    }

    @Override
    public String pool(String map, Pooling pooling, PoolWindow window) {
        String operation = pooling == Pooling.MAX ? "MaxPool" : "AveragePool";
        return stripes.computeIfAbsent(map + ".pool" + window.count(), all -> {
                    if (window.count() == 1) {
                        graph.add("Global" + operation, List.of(map), List.of(all));
                        return List.of(all);
                    }
                    graph.add(operation, List.of(map), List.of(all))
                            .withList("kernel_shape", window.rows(), window.width())
                            .withList("strides", window.rows(), window.width());
                    List<String> parts = IntStream.range(0, window.count())
                            .mapToObj(i -> all + "_" + i)
                            .toList();
                    graph.add("Split", List.of(all), parts).with("axis", 2);
                    return parts;
                })
                .get(window.index());
    }
}
