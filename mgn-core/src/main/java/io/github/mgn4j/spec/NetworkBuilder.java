package io.github.mgn4j.spec;

import org.jspecify.annotations.Nullable;

/**
 * Builds what {@link Topology} walks through: a SameDiff graph, a list of parameters, a count of operations, an ONNX file.
 *
 * @param <T> a feature map of the product; a pooled vector is a map of height and width 1
 */
public interface NetworkBuilder<T> {
    /**
     * Adds a convolution and its batch norm, then the sum with {@code residual} if there is one, then a ReLU if the layer has
     * one.
     *
     * @param residual a map of the output's shape, or null
     */
    T convolution(T input, ConvLayer layer, @Nullable T residual);

    /**
     * Normalises the first channels of a map over each image's own map (instance norm), then adds a ReLU over all channels.
     *
     * @param map the output of {@code convolution}, whose batch norm covers the other channels
     */
    T instanceNorm(T map, NormLayer layer, ConvLayer convolution);

    /** Adds the stem's maximum pooling. */
    T stemPool(T input, StemPool pool);

    /** Pools a window of a map to a vector. */
    T pool(T map, PoolLayer layer);

    /** Adds the batch norm of a neck to a vector. */
    T neck(T vector, NormLayer layer);
}
