package io.github.mgn4j.onnx;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.engine.internal.FoldedConvolution;
import io.github.mgn4j.engine.internal.FoldedNorm;
import io.github.mgn4j.engine.internal.Int8Weights;
import io.github.mgn4j.model.ActivationRanges;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.model.Tensor;
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
import io.github.mgn4j.spec.Variant;
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
                options.precision() != Precision.INT8 || !model.spec().has(Variant.IBN_A),
                "int8 has no instance norm, which the network needs (variant ibn_a); fp32 and fp16 have");
        OnnxException.check(
                options.precision() != Precision.INT8 || ranges != null,
                "int8 needs a calibrated model, and this one has no activation ranges");
    }

    static OnnxGraph graph(Model model, OnnxOptions options) {
        return new OnnxNetwork(model, options).build();
    }

    private OnnxGraph build() {
        MgnSpec spec = model.spec();
        List<String> vectors = new Topology(spec).buildFeatures(images(spec.input()), this);
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
            String centred = arithmetic(
                    "Sub",
                    values,
                    "centred",
                    constant("mean", scaled(model.preprocessing().mean())));
            images = arithmetic(
                    "Div",
                    centred,
                    "normalised",
                    constant("std", scaled(model.preprocessing().standardDeviation())));
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

    private static float[] scaled(List<Float> channels) {
        float[] scaled = new float[channels.size()];
        for (int c = 0; c < scaled.length; c++) {
            scaled[c] = 255 * channels.get(c);
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
    public String instanceNorm(String map, NormLayer layer, ConvLayer convolution) {
        String first = layer.name() + ".channels";
        String others = layer.name() + ".others";
        float[] lengths = {layer.channels(), convolution.out() - layer.channels()};
        String split = graph.add(new Initializer(layer.name() + ".lengths", OnnxType.INT64, List.of(2), () -> lengths));
        graph.add("Split", List.of(map, split), List.of(first, others)).with("axis", 1);
        String normalised = layer.name() + ".normalised";
        graph.add(
                        "InstanceNormalization",
                        List.of(first, vector(layer, "weight"), vector(layer, "bias")),
                        List.of(normalised))
                .with("epsilon", (float) NormLayer.EPSILON);
        String joined = layer.name() + ".joined";
        graph.add("Concat", List.of(normalised, others), List.of(joined)).with("axis", 1);
        graph.add("Relu", List.of(joined), List.of(layer.name() + ".relu"));
        return layer.name() + ".relu";
    }

    private String vector(NormLayer layer, String tensor) {
        String name = layer.name() + "." + tensor;
        return graph.add(new Initializer(
                name,
                type,
                List.of(layer.channels()),
                () -> model.weights().get(name).toArray()));
    }

    @Override
    public String stemPool(String input, StemPool pool) {
        String pooled = "trunk.pool";
        int bottom = Math.max(pool.padding(), pool.rowsBeyond());
        int right = Math.max(pool.padding(), pool.columnsBeyond());
        graph.add("MaxPool", List.of(input), List.of(pooled))
                .withList("kernel_shape", StemPool.KERNEL, StemPool.KERNEL)
                .withList("strides", StemPool.STRIDE, StemPool.STRIDE)
                .withList("pads", pool.padding(), pool.padding(), bottom, right);
        // The largest of rounded values is a rounded value.
        return rounded(pooled, () -> range(STEM, model.spec().has(Variant.LINEAR_STEM)));
    }

    @Override
    public String neck(String vector, NormLayer layer) {
        FoldedNorm norm = FoldedNorm.of(model.weights(), layer);
        String scale = perChannel(layer.name() + ".scale", norm.scale());
        String shift = perChannel(layer.name() + ".shift", norm.shift());
        String scaled = arithmetic("Mul", vector, layer.name() + ".scaled", scale);
        return arithmetic("Add", scaled, layer.name(), shift);
    }

    private String perChannel(String name, Tensor values) {
        return graph.add(new Initializer(name, type, List.of(1, values.size(), 1, 1), values::toArray));
    }

    @Override
    public String pool(String map, PoolLayer layer) {
        return layer.kind() == Pooling.GEM
                ? generalisedMean(map, layer)
                : pool(map, layer.kind() == Pooling.MAX ? "MaxPool" : "AveragePool", layer.window());
    }

    /** Pools in float32, where powers do not leave the range as they do in half precision. */
    private String generalisedMean(String map, PoolLayer layer) {
        boolean half = type != OnnxType.FLOAT;
        String name = layer.name() + ".";
        float exponent = model.weights().get(layer.exponent()).get(0);
        String values = half ? cast(map, name + "float", OnnxType.FLOAT) : map;
        String clamped =
                arithmetic("Max", values, name + "clamped", scalar(name + "least", (float) PoolLayer.GEM_EPSILON));
        String powers = arithmetic("Pow", clamped, name + "powers", scalar(name + "exponent", exponent));
        String means = pool(powers, "AveragePool", layer.window());
        String pooled = arithmetic("Pow", means, name + "pooled", scalar(name + "root", 1 / exponent));
        return half ? cast(pooled, name + "half", type) : pooled;
    }

    private String scalar(String name, float value) {
        float[] values = {value};
        return graph.add(new Initializer(name, OnnxType.FLOAT, List.of(), () -> values));
    }

    private String pool(String map, String operation, PoolWindow window) {
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
