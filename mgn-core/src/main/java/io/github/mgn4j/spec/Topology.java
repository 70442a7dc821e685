package io.github.mgn4j.spec;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The single description of how the layers of a network are joined. Graphs, parameter lists, operation counts, engines and
 * exports all walk it with a {@link NetworkBuilder}, so that they cannot disagree. Immutable.
 *
 * <p>Parameter names: {@code trunk.conv1}, {@code trunk.layer1.0.conv1}, {@code branches.0.layer3.1.conv2},
 * {@code reductions.g1.0} (convolution) and {@code .1} (batch norm), {@code classifiers.g1}; in variants
 * {@code trunk.layer1.0.bn1.IN} and {@code .BN}, {@code pools.g1.p}, {@code necks.g1}.
 */
public final class Topology {
    private final MgnSpec spec;

    /** Creates the topology of a spec. */
    public Topology(MgnSpec spec) {
        this.spec = spec;
    }

    /**
     * The vectors of one feature.
     *
     * @param pooled the vector before the reduction, which the paper's global classifiers see
     * @param reduced the vector that metric losses see; the same as {@code pooled} if the spec has no reduction
     * @param neck the vector behind the neck; the same as {@code reduced} if the spec has no neck
     */
    public record Vectors<T>(T pooled, T reduced, T neck) {}

    /** A map inside the backbone, with the shape that the next layer needs. */
    private record Flow<T>(T map, int channels, int height, int width) {}

    /**
     * Builds the network with all vectors that losses and classifiers see.
     *
     * @param images the input, {@code [batch, 3, H, W]} in the builder's own layout
     * @return the vectors of every feature, in the order of {@link MgnSpec#features()}
     */
    public <T> Map<FeaturePart, Vectors<T>> build(T images, NetworkBuilder<T> builder) {
        List<Flow<T>> maps = branches(images, builder);
        ImmutableMap.Builder<FeaturePart, Vectors<T>> features = ImmutableMap.builder();
        for (FeaturePart part : spec.features()) {
            Flow<T> map = maps.get(part.branch());
            features.put(part, vectors(part, pooled(part, map, builder), map.channels(), builder));
        }
        return features.buildOrThrow();
    }

    /**
     * Builds the feature network: only the layers that features need.
     *
     * @param images the input, as for {@link #build}
     * @return the features in the order of {@link MgnSpec#features()}, before {@link Variant#UNIT_PARTS} or
     *     {@link Variant#UNIT_FEATURE}
     */
    public <T> List<T> buildFeatures(T images, NetworkBuilder<T> builder) {
        List<Flow<T>> maps = branches(images, builder);
        List<T> features = new ArrayList<>();
        for (FeaturePart part : spec.features()) {
            Flow<T> map = maps.get(part.branch());
            T pooled = pooled(part, map, builder);
            features.add(
                    spec.has(Variant.POOLED_FEATURE)
                            ? pooled
                            : vectors(part, pooled, map.channels(), builder).neck());
        }
        return features;
    }

    /**
     * Builds the network up to its pooling.
     *
     * @param images the input, as for {@link #build}
     * @return the last map of every branch, in the order of {@link MgnSpec#branches()}
     */
    public <T> List<T> buildMaps(T images, NetworkBuilder<T> builder) {
        return branches(images, builder).stream().map(Flow::map).toList();
    }

    private <T> List<Flow<T>> branches(T images, NetworkBuilder<T> builder) {
        Flow<T> trunk = trunk(images, builder);
        List<Flow<T>> maps = new ArrayList<>();
        for (int b = 0; b < spec.branches().size(); b++) {
            maps.add(branch(b, trunk, builder));
        }
        return maps;
    }

    /** Returns the classifiers, one per feature, in the order of the features. */
    public List<LinearLayer> classifiers() {
        return spec.features().stream()
                .map(f -> new LinearLayer(
                        "classifiers." + f.name(),
                        f,
                        spec.classifierLength(f),
                        spec.classes(),
                        !spec.has(Variant.NO_CLASSIFIER_BIAS)))
                .toList();
    }

    /** Returns the rows of a branch's last map for an input of {@code inputHeight} rows. */
    public static int mapHeight(int inputHeight, Set<Variant> variants, Branch branch) {
        int rows = stemPooled(half(inputHeight), variants);
        rows = variants.contains(Variant.STRIDED_LAYER1) ? half(rows) : rows;
        for (int stage = 2; stage <= Backbone.STAGES; stage++) {
            rows = branch.unitStrideStages().contains(stage) ? rows : half(rows);
        }
        return rows;
    }

    /** Returns the output length of the stem's pooling. */
    private static int stemPooled(int length, Set<Variant> variants) {
        int beyond = Math.max(0, length - StemPool.KERNEL);
        if (variants.contains(Variant.FLOOR_STEM_POOL)) {
            return beyond / StemPool.STRIDE + 1;
        }
        return variants.contains(Variant.CEILING_STEM_POOL) ? half(beyond) + 1 : half(length);
    }

    /** Returns the output length of a layer with stride 2 and a centred odd kernel. */
    private static int half(int length) {
        return (length + 1) / 2;
    }

    private <T> Flow<T> trunk(T images, NetworkBuilder<T> builder) {
        InputSize input = spec.input();
        Flow<T> stem = conv(
                new Flow<>(images, 3, input.height(), input.width()),
                "trunk.conv1",
                "trunk.bn1",
                spec.backbone().stemChannels(),
                7,
                2,
                !spec.has(Variant.LINEAR_STEM),
                null,
                builder);
        boolean padded = !spec.has(Variant.CEILING_STEM_POOL) && !spec.has(Variant.FLOOR_STEM_POOL);
        StemPool pool = new StemPool(
                padded ? 1 : 0,
                stem.height(),
                stem.width(),
                stemPooled(stem.height(), spec.variants()),
                stemPooled(stem.width(), spec.variants()));
        Flow<T> flow = new Flow<>(
                builder.stemPool(stem.map(), pool), stem.channels(), pool.outputHeight(), pool.outputWidth());
        for (int stage = 1; stage <= spec.split().stage(); stage++) {
            int blocks = stage < spec.split().stage()
                    ? spec.backbone().blocks(stage)
                    : spec.split().blocks();
            for (int block = 0; block < blocks; block++) {
                flow = block("trunk", stage, block, stride(stage, block), flow, builder);
            }
        }
        return flow;
    }

    private <T> Flow<T> branch(int index, Flow<T> trunk, NetworkBuilder<T> builder) {
        Branch branch = spec.branches().get(index);
        Flow<T> flow = trunk;
        for (int stage = spec.split().stage(); stage <= Backbone.STAGES; stage++) {
            int first = stage == spec.split().stage() ? spec.split().blocks() : 0;
            for (int block = first; block < spec.backbone().blocks(stage); block++) {
                int stride = branch.unitStrideStages().contains(stage) ? 1 : stride(stage, block);
                flow = block("branches." + index, stage, block, stride, flow, builder);
            }
        }
        return flow;
    }

    private int stride(int stage, int block) {
        boolean halves = stage > 1 || spec.has(Variant.STRIDED_LAYER1);
        return halves && block == 0 ? 2 : 1;
    }

    private <T> Flow<T> block(
            String owner, int stage, int block, int stride, Flow<T> input, NetworkBuilder<T> builder) {
        String name = owner + ".layer" + stage + "." + block + ".";
        int width = spec.backbone().stageWidth(stage);
        int out = spec.backbone().stageChannels(stage);
        T shortcut = block == 0 && (stride != 1 || input.channels() != out)
                ? conv(input, name + "downsample.0", name + "downsample.1", out, 1, stride, false, null, builder)
                        .map()
                : input.map();
        boolean instance = spec.has(Variant.IBN_A) && stage < Backbone.STAGES;
        if (!spec.backbone().bottleneck()) {
            Flow<T> inner = first(input, name, width, 3, stride, instance, builder);
            return conv(inner, name + "conv2", name + "bn2", out, 3, 1, true, shortcut, builder);
        }
        int early = spec.has(Variant.EARLY_STRIDE) ? stride : 1;
        Flow<T> narrow = first(input, name, width, 1, early, instance, builder);
        Flow<T> middle = conv(narrow, name + "conv2", name + "bn2", width, 3, stride / early, true, null, builder);
        return conv(middle, name + "conv3", name + "bn3", out, 1, 1, true, shortcut, builder);
    }

    /** Adds the first convolution of a block; with IBN-a, its second norm covers the first half of the channels. */
    private <T> Flow<T> first(
            Flow<T> input, String block, int out, int kernel, int stride, boolean instance, NetworkBuilder<T> builder) {
        String name = block + "conv1";
        if (!instance) {
            return conv(input, name, block + "bn1", out, kernel, stride, true, null, builder);
        }
        NormLayer norm = new NormLayer(block + "bn1.IN", out / 2);
        ConvLayer layer = new ConvLayer(
                name,
                block + "bn1.BN",
                input.channels(),
                out,
                kernel,
                stride,
                false,
                input.height(),
                input.width(),
                spec.backbone().epsilon(),
                norm.channels());
        T map = builder.convolution(input.map(), layer, null);
        return new Flow<>(builder.instanceNorm(map, norm, layer), out, layer.outputHeight(), layer.outputWidth());
    }

    private <T> T pooled(FeaturePart part, Flow<T> map, NetworkBuilder<T> builder) {
        PoolWindow window = window(part, map.height(), map.width());
        return builder.pool(map.map(), new PoolLayer("pools." + part.name(), spec.pooling(), window));
    }

    private <T> Vectors<T> vectors(FeaturePart part, T pooled, int channels, NetworkBuilder<T> builder) {
        T reduced = pooled;
        if (spec.embedding() > 0) {
            String name = "reductions." + part.name() + ".";
            ConvLayer layer = new ConvLayer(
                    name + "0",
                    name + "1",
                    channels,
                    spec.embedding(),
                    1,
                    1,
                    !spec.has(Variant.LINEAR_REDUCTION),
                    1,
                    1);
            reduced = builder.convolution(pooled, layer, null);
        }
        T neck = spec.has(Variant.BN_NECK)
                ? builder.neck(reduced, new NormLayer("necks." + part.name(), spec.reducedLength()))
                : reduced;
        return new Vectors<>(pooled, reduced, neck);
    }

    private static PoolWindow window(FeaturePart part, int height, int width) {
        if (part instanceof LocalFeature stripe) {
            int rows = height / stripe.stripes();
            return new PoolWindow(stripe.stripe() * rows, (stripe.stripe() + 1) * rows, height, width);
        }
        return new PoolWindow(0, height, height, width);
    }

    private <T> Flow<T> conv(
            Flow<T> input,
            String name,
            String norm,
            int out,
            int kernel,
            int stride,
            boolean relu,
            @Nullable T residual,
            NetworkBuilder<T> builder) {
        ConvLayer layer = new ConvLayer(
                name,
                norm,
                input.channels(),
                out,
                kernel,
                stride,
                relu,
                input.height(),
                input.width(),
                spec.backbone().epsilon(),
                0);
        T map = builder.convolution(input.map(), layer, residual);
        return new Flow<>(map, out, layer.outputHeight(), layer.outputWidth());
    }
}
