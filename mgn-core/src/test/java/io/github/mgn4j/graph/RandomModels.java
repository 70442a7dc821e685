package io.github.mgn4j.graph;

import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.Tensor;
import io.github.mgn4j.weights.Weights;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Models with random weights of a size that keeps activations near 1, running statistics included. */
public final class RandomModels {
    private RandomModels() {}

    public static Model of(MgnSpec spec, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter p : NetworkSummary.of(spec).parameters()) {
            int[] shape = p.shape().stream().mapToInt(Integer::intValue).toArray();
            double fanIn = p.size() / (double) shape[0];
            float[] values = new float[(int) p.size()];
            for (int i = 0; i < values.length; i++) {
                double u = 2 * random.nextDouble() - 1;
                values[i] = (float)
                        switch (p.kind()) {
                            case CONV_WEIGHT, LINEAR_WEIGHT -> u * Math.sqrt(6 / fanIn);
                            case NORM_WEIGHT, RUNNING_VAR -> 0.8 + 0.3 * u;
                            case NORM_BIAS, RUNNING_MEAN, LINEAR_BIAS -> 0.2 * u;
                        };
            }
            tensors.put(p.name(), Tensor.of(values, shape));
        }
        return new Model(spec, Weights.of(tensors));
    }
}
