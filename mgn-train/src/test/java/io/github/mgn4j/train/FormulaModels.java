package io.github.mgn4j.train;

import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import io.github.mgn4j.weights.Model;
import io.github.mgn4j.weights.Tensor;
import io.github.mgn4j.weights.Weights;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Weights and images by the formula of tools/reference/formula.py: the same float32 bits here and there. */
final class FormulaModels {
    static Model of(MgnSpec spec) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter p : NetworkSummary.of(spec).parameters()) {
            double low = low(p, spec.backbone().bottleneck());
            double high = high(p, spec.backbone().bottleneck());
            float[] values = new float[(int) p.size()];
            long seed = seed(p.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (low + (high - low) * uniform(seed, i));
            }
            tensors.put(
                    p.name(),
                    Tensor.of(
                            values,
                            p.shape().stream().mapToInt(Integer::intValue).toArray()));
        }
        return new Model(spec, Weights.of(tensors));
    }

    /** {@code [count, height, width, 3]}. */
    static float[] images(int count, int height, int width) {
        long patches = seed("image.patch");
        long noises = seed("image.noise");
        int rows = (height + 15) / 16;
        int columns = (width + 15) / 16;
        float[] values = new float[count * height * width * 3];
        for (int n = 0; n < count; n++) {
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        double patch = uniform(patches, ((n * 3 + c) * rows + y / 16) * columns + x / 16);
                        double noise = uniform(noises, ((n * 3 + c) * height + y) * width + x);
                        values[((n * height + y) * width + x) * 3 + c] = (float) ((patch * 3.0 - 1.5) + (noise - 0.5));
                    }
                }
            }
        }
        return values;
    }

    private static double low(Parameter p, boolean bottleneck) {
        return switch (p.kind()) {
            case CONV_WEIGHT, LINEAR_WEIGHT -> -high(p, bottleneck);
            case NORM_WEIGHT -> lastOfBlock(p.name(), bottleneck) ? 0.2 : 0.75;
            case RUNNING_VAR -> 0.75;
            default -> -0.1;
        };
    }

    private static double high(Parameter p, boolean bottleneck) {
        List<Integer> s = p.shape();
        return switch (p.kind()) {
            case CONV_WEIGHT -> Math.sqrt(6.0 / (s.get(1) * s.get(2) * s.get(3)));
            case LINEAR_WEIGHT -> Math.sqrt(3.0 / s.get(1));
            case NORM_WEIGHT -> lastOfBlock(p.name(), bottleneck) ? 0.4 : 1.25;
            case RUNNING_VAR -> 1.25;
            default -> 0.1;
        };
    }

    private static boolean lastOfBlock(String name, boolean bottleneck) {
        return name.contains(".layer") && name.contains(bottleneck ? ".bn3." : ".bn2.");
    }

    private static double uniform(long seed, int index) {
        long z = seed + (index + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        z ^= z >>> 31;
        return (z >>> 40) * 0x1p-24;
    }

    /** FNV-1a. */
    private static long seed(String name) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * 0x100000001B3L;
        }
        return hash;
    }

    private FormulaModels() {}
}
