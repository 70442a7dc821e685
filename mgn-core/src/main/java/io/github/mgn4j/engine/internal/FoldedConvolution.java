package io.github.mgn4j.engine.internal;

import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.ConvLayer;
import java.util.stream.IntStream;

/**
 * A convolution with its batch norm folded in. With {@code s = gamma / sqrt(var + eps)}, the weight is multiplied by s and
 * the bias is {@code beta - mean * s}, for each output channel; the channels that the batch norm leaves out keep their weights. Engines and exports use it. Immutable.
 *
 * @param weight {@code [out, in, kernel, kernel]}
 * @param bias {@code [out]}
 */
public record FoldedConvolution(Tensor weight, Tensor bias) {
    /**
     * Folds a layer. The arithmetic is float64 and rounded to float32 once.
     *
     * @throws WeightsException if a result exceeds the range of float32
     */
    public static FoldedConvolution of(Weights weights, ConvLayer layer) {
        Tensor gamma = weights.get(layer.norm() + ".weight");
        Tensor beta = weights.get(layer.norm() + ".bias");
        Tensor mean = weights.get(layer.norm() + ".running_mean");
        Tensor variance = weights.get(layer.norm() + ".running_var");
        Tensor weight = weights.get(layer.name() + ".weight");
        float[] values = weight.toArray();
        float[] bias = new float[layer.out()];
        int perChannel = values.length / bias.length;
        double[] scales = new double[bias.length];
        IntStream.range(layer.unnormalised(), bias.length).parallel().forEach(c -> {
            int n = c - layer.unnormalised();
            double scale = gamma.get(n) / Math.sqrt(variance.get(n) + layer.epsilon());
            for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
                values[i] = (float) (values[i] * scale);
            }
            bias[c] = (float) (beta.get(n) - mean.get(n) * scale);
            scales[c] = scale;
        });
        Tensor foldedWeight = Tensor.of(values, weight.shape());
        Tensor foldedBias = Tensor.of(bias, bias.length);
        int wrong = Math.min(
                foldedWeight.firstNotFinite().orElse(values.length) / perChannel,
                foldedBias.firstNotFinite().orElse(bias.length));
        WeightsException.check(
                wrong >= bias.length,
                "convolution '%s' leaves float32 in channel %s once its batch norm '%s' is folded in (scale %s)",
                layer.name(),
                wrong,
                layer.norm(),
                wrong < bias.length ? scales[wrong] : 0);
        return new FoldedConvolution(foldedWeight, foldedBias);
    }
}
