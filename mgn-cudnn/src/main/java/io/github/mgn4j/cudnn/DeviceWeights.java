package io.github.mgn4j.cudnn;

import com.google.common.collect.Lists;
import io.github.mgn4j.cudnn.Program.Convolution;
import io.github.mgn4j.cudnn.Program.Feature;
import io.github.mgn4j.cudnn.Program.Op;
import io.github.mgn4j.cudnn.Program.Stem;
import io.github.mgn4j.engine.internal.FoldedConvolution;
import io.github.mgn4j.engine.internal.Resources;
import io.github.mgn4j.image.Preprocessing;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.ConvLayer;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A model's constants on the device, for all batch sizes. */
final class DeviceWeights {
    /** Operations whose weights are prepared concurrently: enough for all cores, with little memory. */
    private static final int TOGETHER = 16;

    private final Map<Op, Constants> constants = new HashMap<>();
    private final Pointer normalised;
    private final Pointer parts;
    private final @Nullable Pointer reductions;
    private final @Nullable Pointer reductionBias;

    /**
     * An operation's constants.
     *
     * @param scale null for formats without scales, like {@code residualScalePlace}
     */
    record Constants(
            Pointer weights,
            Pointer bias,
            @Nullable Pointer scale,
            float residualScale,
            @Nullable Pointer residualScalePlace) {}

    /**
     * Copies a model's constants to the device.
     *
     * @param reduced format of the reductions' weights, as the kernel that multiplies with them reads them
     */
    DeviceWeights(Model model, Program program, NumberFormats formats, Format reduced, Resources owner) {
        List<Op> ops = program.ops().stream()
                .filter(op -> op instanceof Convolution || op instanceof Stem)
                .toList();
        for (List<Op> some : Lists.partition(ops, TOGETHER)) {
            List<Encoded> encoded = some.parallelStream()
                    .map(op -> new Encoded(filter(op, model, formats)))
                    .toList();
            for (int i = 0; i < some.size(); i++) {
                constants.put(some.get(i), upload(encoded.get(i), owner));
            }
        }
        normalised = DeviceMemory.upload(table(model.preprocessing()), "the pixels' normalisation", owner);
        List<Feature> features = program.head().features();
        parts = DeviceMemory.upload(
                features.stream()
                        .flatMap(f -> Stream.of(f.firstBand(), f.lastBand(), f.pixels()))
                        .mapToInt(Integer::intValue)
                        .toArray(),
                "the features' bands",
                owner);
        if (features.get(0).reduction() == null) {
            reductions = null;
            reductionBias = null;
        } else {
            int channels = program.pooledChannels();
            int outputs = model.spec().embedding();
            float[] weights = new float[features.size() * outputs * channels];
            float[] bias = new float[features.size() * outputs];
            for (int f = 0; f < features.size(); f++) {
                ConvLayer layer = Objects.requireNonNull(features.get(f).reduction());
                FoldedConvolution folded = FoldedConvolution.of(model.weights(), layer);
                float[] one = Filter.reduction(folded, layer, channels, reduced);
                System.arraycopy(one, 0, weights, f * one.length, one.length);
                System.arraycopy(folded.bias().toArray(), 0, bias, f * outputs, outputs);
            }
            reductions = DeviceMemory.upload(weights, reduced, "the reductions", owner);
            reductionBias = DeviceMemory.upload(bias, "the reductions' bias", owner);
        }
    }

    private static Filter filter(Op op, Model model, NumberFormats formats) {
        return op instanceof Stem stem
                ? Filter.of(stem, model.weights(), formats)
                : Filter.of((Convolution) op, model.weights(), formats);
    }

    /** A filter whose weights are encoded for the device. */
    private record Encoded(Filter filter, ByteBuffer weights) {
        Encoded(Filter filter) {
            this(filter, DeviceMemory.encode(filter.weights(), filter.format()));
        }
    }

    private static Constants upload(Encoded encoded, Resources owner) {
        Filter filter = encoded.filter;
        boolean scaled = filter.format().scaled();
        return new Constants(
                DeviceMemory.upload(encoded.weights, "weights", owner),
                DeviceMemory.upload(filter.bias(), "a bias", owner),
                scaled ? DeviceMemory.upload(filter.scale(), "scales", owner) : null,
                filter.residualScale(),
                scaled ? DeviceMemory.upload(new float[] {filter.residualScale()}, "a scale", owner) : null);
    }

    /** Returns the normalised float of every byte, {@code [3, 256]}. */
    private static float[] table(Preprocessing preprocessing) {
        float[] table = new float[3 * 256];
        for (int i = 0; i < table.length; i++) {
            table[i] = preprocessing.normalised(i / 256, i % 256);
        }
        return table;
    }

    Constants of(Op op) {
        return Objects.requireNonNull(constants.get(op));
    }

    Pointer normalised() {
        return normalised;
    }

    /** Returns the bands and the number of pixels of every feature. */
    Pointer parts() {
        return parts;
    }

    /** Returns the reductions' weights {@code [features, outputs, channels]}; null if the network has none. */
    @Nullable
    Pointer reductions() {
        return reductions;
    }

    @Nullable
    Pointer reductionBias() {
        return reductionBias;
    }
}
