package io.github.mgn4j.samediff.internal;

import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.ConvLayer;
import io.github.mgn4j.spec.NetworkBuilder;
import io.github.mgn4j.spec.PoolWindow;
import io.github.mgn4j.spec.Pooling;
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

    /** Adds the convolution and its batch norm, without ReLU. */
    abstract SDVariable normalised(SDVariable input, ConvLayer layer);

    @Override
    public final SDVariable convolution(SDVariable input, ConvLayer layer, @Nullable SDVariable residual) {
        SDVariable map = normalised(input, layer);
        if (residual != null) {
            map = map.add(residual);
        }
        return layer.relu() ? sd.nn().relu(map, 0) : map;
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

    @Override
    public final SDVariable stemPool(SDVariable input) {
        return sd.cnn().maxPooling2d(input, pooling(3, 3, 2, 2, 1));
    }

    /** Returns a window's vector as a map of height and width 1. */
    @Override
    public final SDVariable pool(SDVariable map, Pooling kind, PoolWindow window) {
        SDVariable all = stripePools.computeIfAbsent(map.name() + "/" + window.rows(), key -> {
            Pooling2DConfig config = pooling(window.rows(), window.width(), window.rows(), window.width(), 0);
            return kind == Pooling.MAX
                    ? sd.cnn().maxPooling2d(map, config)
                    : sd.cnn().avgPooling2d(map, config);
        });
        return window.count() == 1 ? all : row(all, window.index());
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
