package io.github.mgn4j.weights;

import io.github.mgn4j.spec.ConvLayer;

/**
 * A convolution with its batch norm folded in, for inference: {@code gamma * (conv(x) - mean) / sqrt(var + eps) + beta} is
 * a convolution with scaled weights and a bias. Computed in double precision and rounded once.
 */
public final class FoldedConvolution {
    private FoldedConvolution() {}

    /** The weight {@code [out, in, kernel, kernel]}; a new array. */
    public static Tensor weight(Model model, ConvLayer layer) {
        double[] scale = scale(model, layer);
        Tensor weight = model.weights().get(layer.name() + ".weight");
        float[] values = weight.toArray();
        int perChannel = values.length / scale.length;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * scale[i / perChannel]);
        }
        return Tensor.of(values, weight.shape());
    }

    /** The bias {@code [out]}; a new array. */
    public static Tensor bias(Model model, ConvLayer layer) {
        double[] scale = scale(model, layer);
        Tensor beta = model.weights().get(layer.norm() + ".bias");
        Tensor mean = model.weights().get(layer.norm() + ".running_mean");
        float[] bias = new float[scale.length];
        for (int c = 0; c < bias.length; c++) {
            bias[c] = (float) (beta.get(c) - mean.get(c) * scale[c]);
        }
        return Tensor.of(bias, bias.length);
    }

    private static double[] scale(Model model, ConvLayer layer) {
        Tensor gamma = model.weights().get(layer.norm() + ".weight");
        Tensor variance = model.weights().get(layer.norm() + ".running_var");
        double[] scale = new double[layer.out()];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = gamma.get(c) / Math.sqrt(variance.get(c) + ConvLayer.EPSILON);
        }
        return scale;
    }
}
