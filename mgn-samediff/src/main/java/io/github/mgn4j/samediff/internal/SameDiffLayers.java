package io.github.mgn4j.samediff.internal;

import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.NetworkBuilder;
import io.github.mgn4j.spec.NormLayer;
import io.github.mgn4j.spec.PoolLayer;
import io.github.mgn4j.spec.PoolWindow;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.StemPool;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;

/** The layers that inference and training share: all except a convolution with its batch norm. */
abstract class SameDiffLayers implements NetworkBuilder<SDVariable> {
    final SameDiff sd;
    final Layout layout;
    /** One pooling operation computes all stripes of a map; each stripe is cut from its result. */
    private final Map<String, SDVariable> stripePools = new HashMap<>();

    SameDiffLayers(SameDiff sd, Layout layout) {
        this.sd = sd;
        this.layout = layout;
    }

    /** Returns the shape {@code [batch, 3, height, width]} in a layout. */
    static long[] imageShape(Layout layout, long batch, int height, int width) {
        return layout == Layout.NHWC ? new long[] {batch, height, width, 3} : new long[] {batch, 3, height, width};
    }

    /** Adds the sum with the residual if there is one, and the ReLU if the layer has one. */
    final SDVariable activated(SDVariable map, ConvLayer layer, @Nullable SDVariable residual) {
        SDVariable sum = residual == null ? map : map.add(residual);
        return layer.relu() ? sd.nn().relu(sum, 0) : sum;
    }

    final Conv2DConfig config(ConvLayer layer) {
        return Conv2DConfig.builder()
                .kH(layer.kernel())
                .kW(layer.kernel())
                .sH(layer.stride())
                .sW(layer.stride())
                .pH(layer.padding())
                .pW(layer.padding())
                .dH(1)
                .dW(1)
                .paddingMode(PaddingMode.VALID)
                .dataFormat(layout.name())
                .weightsFormat(WeightsFormat.YXIO)
                .build();
    }

    /** Returns a parameter of a layer that is no convolution: a constant in inference, a variable in training. */
    abstract SDVariable parameter(String name);

    @Override
    public final SDVariable instanceNorm(SDVariable map, NormLayer layer, ConvLayer convolution) {
        int[] positions = layout == Layout.NHWC ? new int[] {1, 2} : new int[] {2, 3};
        SDVariable first = channels(map, 0, layer.channels());
        SDVariable centred = first.sub(sd.mean(first, true, positions));
        SDVariable variance = sd.mean(centred.mul(centred), true, positions);
        SDVariable deviation = sd.math().sqrt(variance.add(NormLayer.EPSILON));
        SDVariable normalised = centred.div(deviation)
                .mul(perChannel(parameter(layer.name() + ".weight"), layer.channels()))
                .add(perChannel(parameter(layer.name() + ".bias"), layer.channels()));
        SDVariable others = channels(map, layer.channels(), convolution.out());
        return sd.nn().relu(sd.concat(layout == Layout.NHWC ? 3 : 1, normalised, others), 0);
    }

    /** Returns channels {@code from} (inclusive) to {@code to} (exclusive) of a map. */
    final SDVariable channels(SDVariable map, int from, int to) {
        SDIndex all = SDIndex.all();
        SDIndex some = SDIndex.interval(from, to);
        return layout == Layout.NHWC ? map.get(all, all, all, some) : map.get(all, some, all, all);
    }

    /** Returns a vector in a shape that is broadcast over a map. */
    final SDVariable perChannel(SDVariable vector, int channels) {
        return layout == Layout.NHWC ? sd.reshape(vector, 1, 1, 1, channels) : sd.reshape(vector, 1, channels, 1, 1);
    }

    @Override
    public final SDVariable stemPool(SDVariable input, StemPool pool) {
        Pooling2DConfig config =
                pooling(StemPool.KERNEL, StemPool.KERNEL, StemPool.STRIDE, StemPool.STRIDE, pool.padding());
        return sd.cnn().maxPooling2d(extended(input, pool), config);
    }

    /**
     * Repeats the last row and column of a map where the last windows reach beyond it, because ND4J rounds sizes down. A value
     * that a window holds twice does not change its maximum.
     */
    private SDVariable extended(SDVariable map, StemPool pool) {
        if (pool.padding() > 0) {
            return map;
        }
        SDIndex all = SDIndex.all();
        boolean interleaved = layout == Layout.NHWC;
        SDVariable tall = map;
        if (pool.rowsBeyond() > 0) {
            SDIndex last = SDIndex.interval(pool.height() - 1, pool.height());
            SDVariable row = interleaved ? map.get(all, last, all, all) : map.get(all, all, last, all);
            tall = sd.concat(interleaved ? 1 : 2, map, row);
        }
        if (pool.columnsBeyond() == 0) {
            return tall;
        }
        SDIndex last = SDIndex.interval(pool.width() - 1, pool.width());
        SDVariable column = interleaved ? tall.get(all, all, last, all) : tall.get(all, all, all, last);
        return sd.concat(interleaved ? 2 : 3, tall, column);
    }

    /** Returns a window's vector as a map of height and width 1. */
    @Override
    public final SDVariable pool(SDVariable map, PoolLayer layer) {
        PoolWindow window = layer.window();
        boolean gem = layer.kind() == Pooling.GEM;
        String suffix = gem ? "/" + layer.name() : "";
        SDVariable all = stripePools.computeIfAbsent(map.name() + "/" + window.rows() + suffix, key -> {
            Pooling2DConfig config = pooling(window.rows(), window.width(), window.rows(), window.width(), 0);
            if (layer.kind() == Pooling.MAX) {
                return sd.cnn().maxPooling2d(map, config);
            }
            return gem ? generalisedMean(map, layer, config) : sd.cnn().avgPooling2d(map, config);
        });
        return window.count() == 1 ? all : row(all, window.index());
    }

    /**
     * Powers are products of logarithms, so that the exponent has a gradient. It has the rank of a map, because SameDiff's
     * gradient of a broadcast vector is wrong.
     */
    private SDVariable generalisedMean(SDVariable map, PoolLayer layer, Pooling2DConfig config) {
        SDVariable exponent = sd.reshape(parameter(layer.exponent()), 1, 1, 1, 1);
        // max(x, epsilon), with a gradient
        SDVariable clamped = sd.nn().relu(map.sub(PoolLayer.GEM_EPSILON), 0).add(PoolLayer.GEM_EPSILON);
        SDVariable powers = sd.math().exp(sd.math().log(clamped).mul(exponent));
        SDVariable means = sd.cnn().avgPooling2d(powers, config);
        return sd.math().exp(sd.math().log(means).div(exponent));
    }

    /** Reshapes {@code [batch, channels, 1, 1]} (or its NHWC form) to {@code [batch, channels]}. */
    final SDVariable vector(SDVariable map, int channels) {
        return sd.reshape(map, -1, channels);
    }

    private SDVariable row(SDVariable map, int index) {
        SDIndex all = SDIndex.all();
        SDIndex one = SDIndex.interval(index, index + 1);
        return layout == Layout.NHWC ? map.get(all, one, all, all) : map.get(all, all, one, all);
    }

    private Pooling2DConfig pooling(int height, int width, int strideHeight, int strideWidth, int padding) {
        return Pooling2DConfig.builder()
                .kH(height)
                .kW(width)
                .sH(strideHeight)
                .sW(strideWidth)
                .pH(padding)
                .pW(padding)
                .dH(1)
                .dW(1)
                .paddingMode(PaddingMode.VALID)
                .isNHWC(layout == Layout.NHWC)
                .build();
    }
}
