package io.github.mgn4j.engine.internal;

import io.github.mgn4j.model.Tensor;
import io.github.mgn4j.model.Weights;
import io.github.mgn4j.model.WeightsException;
import io.github.mgn4j.spec.NormLayer;

/**
 * The batch norm of a neck as {@code y = scale * x + shift}, with {@code scale = gamma / sqrt(var + eps)} and
 * {@code shift = beta - mean * scale}. Engines and exports use it.
 *
 * @param scale {@code [channels]}
 * @param shift {@code [channels]}
 */
public record FoldedNorm(Tensor scale, Tensor shift) {
    /**
     * Folds a layer. The arithmetic is float64 and rounded to float32 once.
     *
     * @throws WeightsException if a result exceeds the range of float32
     */
    public static FoldedNorm of(Weights weights, NormLayer layer) {
        Tensor gamma = weights.get(layer.name() + ".weight");
        Tensor beta = weights.get(layer.name() + ".bias");
        Tensor mean = weights.get(layer.name() + ".running_mean");
        Tensor variance = weights.get(layer.name() + ".running_var");
        float[] scale = new float[layer.channels()];
        float[] shift = new float[layer.channels()];
        for (int c = 0; c < scale.length; c++) {
            double factor = gamma.get(c) / Math.sqrt(variance.get(c) + NormLayer.EPSILON);
            scale[c] = (float) factor;
            shift[c] = (float) (beta.get(c) - mean.get(c) * factor);
            WeightsException.check(
                    Float.isFinite(scale[c]) && Float.isFinite(shift[c]),
                    "batch norm '%s' leaves float32 in channel %s (scale %s)",
                    layer.name(),
                    c,
                    factor);
        }
        return new FoldedNorm(Tensor.of(scale, scale.length), Tensor.of(shift, shift.length));
    }

    /** Normalises vectors in place, {@code [channels]}, from an offset. */
    public void apply(float[] vector, int offset) {
        for (int c = 0; c < scale.size(); c++) {
            vector[offset + c] = scale.get(c) * vector[offset + c] + shift.get(c);
        }
    }
}
