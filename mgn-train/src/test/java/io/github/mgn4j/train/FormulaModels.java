package io.github.mgn4j.train;

import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.Tensor;
import io.github.mgn4j.weights.Weights;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Weights by a formula that tools/reference/make_training_fixtures.py has too: whole-number hashes, the same bits. */
final class FormulaModels {
    static Model of(MgnSpec spec) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter p : NetworkSummary.of(spec).parameters()) {
            int[] shape = p.shape().stream().mapToInt(Integer::intValue).toArray();
            float[] values = new float[(int) p.size()];
            float scale = (float) Math.sqrt(12.0 * shape[0] / p.size());
            for (int i = 0; i < values.length; i++) {
                float u = value(p.name(), i);
                values[i] =
                        switch (p.kind()) {
                            case CONV_WEIGHT, LINEAR_WEIGHT -> u * scale;
                            case NORM_WEIGHT, RUNNING_VAR -> 1 + 0.5f * u;
                            case NORM_BIAS, RUNNING_MEAN, LINEAR_BIAS -> 0.5f * u;
                        };
            }
            tensors.put(p.name(), Tensor.of(values, shape));
        }
        return new Model(spec, Weights.of(tensors));
    }

    /** A number in [-0.5, 0.5) that float32 holds exactly. */
    static float value(String name, int index) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        long h = (crc.getValue() + index * 2654435761L) & 0xffffffffL;
        h = ((h ^ h >>> 16) * 0x45d9f3bL) & 0xffffffffL;
        h = ((h ^ h >>> 16) * 0x45d9f3bL) & 0xffffffffL;
        h ^= h >>> 16;
        return (h >>> 8) / 16777216f - 0.5f;
    }

    private FormulaModels() {}
}
