package io.github.mgn4j.model;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Draws the initial weights of an untrained network from normal distributions, as the recipe does (He et al., ICCV 2015):
 *
 * <ul>
 *   <li>backbone convolutions, as in torchvision: mean 0, variance 2 / (out x kernel x kernel)
 *   <li>reductions: mean 0, variance 2 / in; their batch norm weights mean 1, standard deviation 0.02
 *   <li>classifiers: mean 0, variance 2 / out
 *   <li>exponents of generalised-mean pooling 3, as in fast-reid
 *   <li>other batch norm weights and all running variances 1; biases and running means 0
 * </ul>
 *
 * <p>Every tensor has its own random stream, seeded with the seed and its name. The same seed gives the same weights on
 * every platform, and adding a branch changes no other tensor. Thread-safe.
 */
public final class WeightInit {
    private static final double REDUCTION_NORM_DEVIATION = 0.02;
    private static final float POOL_EXPONENT = 3;

    private WeightInit() {}

    /** Creates a model with initial weights. */
    public static Model initialise(MgnSpec spec, long seed) {
        return new Model(spec, Weights.of(tensors(NetworkSummary.of(spec).parameters(), seed)));
    }

    /** Returns initial values for some parameters of a network. */
    public static Map<String, Tensor> tensors(List<Parameter> parameters, long seed) {
        Tensor[] tensors = new Tensor[parameters.size()];
        IntStream.range(0, tensors.length).parallel().forEach(i -> tensors[i] = tensor(parameters.get(i), seed));
        ImmutableMap.Builder<String, Tensor> map = ImmutableMap.builder();
        for (int i = 0; i < tensors.length; i++) {
            map.put(parameters.get(i).name(), tensors[i]);
        }
        return map.buildOrThrow();
    }

    private static Tensor tensor(Parameter parameter, long seed) {
        List<Integer> shape = parameter.shape();
        float[] values = new float[Math.toIntExact(parameter.size())];
        boolean reduction = parameter.section() == Parameter.Section.REDUCTION;
        switch (parameter.kind()) {
            case CONV_WEIGHT -> {
                int kernel = shape.get(2) * shape.get(3);
                int fan = kernel * (reduction ? shape.get(1) : shape.get(0));
                normal(parameter, seed, 0, Math.sqrt(2.0 / fan), values);
            }
            case LINEAR_WEIGHT -> normal(parameter, seed, 0, Math.sqrt(2.0 / shape.get(0)), values);
            case NORM_WEIGHT -> {
                if (reduction && parameter.name().startsWith("reductions.")) {
                    normal(parameter, seed, 1, REDUCTION_NORM_DEVIATION, values);
                } else {
                    Arrays.fill(values, 1);
                }
            }
            case RUNNING_VAR -> Arrays.fill(values, 1);
            case POOL_EXPONENT -> Arrays.fill(values, POOL_EXPONENT);
            case NORM_BIAS, FIXED_NORM_BIAS, RUNNING_MEAN, LINEAR_BIAS -> {
                // zeros
            }
        }
        return Tensor.of(values, shape.stream().mapToInt(Integer::intValue).toArray());
    }

    private static void normal(Parameter parameter, long seed, double mean, double deviation, float[] values) {
        long name = Hashing.farmHashFingerprint64()
                .hashString(parameter.name(), StandardCharsets.UTF_8)
                .asLong();
        Gaussian gaussian = new Gaussian(seed, name);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * gaussian.next());
        }
    }

    /**
     * SplitMix64 (Steele et al., OOPSLA 2014) and Marsaglia's polar method, which give the same numbers on every JDK.
     */
    private static final class Gaussian {
        private static final long GOLDEN = 0x9E3779B97F4A7C15L;
        private long state;
        private double spare = Double.NaN;

        Gaussian(long seed, long name) {
            state = mix(seed + GOLDEN) ^ mix(name);
        }

        double next() {
            if (!Double.isNaN(spare)) {
                double value = spare;
                spare = Double.NaN;
                return value;
            }
            double x;
            double y;
            double square;
            do {
                x = uniform();
                y = uniform();
                square = x * x + y * y;
            } while (square >= 1 || square == 0);
            double scale = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
            spare = y * scale;
            return x * scale;
        }

        /** Returns a uniform value in [-1, 1). */
        private double uniform() {
            state += GOLDEN;
            return (mix(state) >> 11) * 0x1p-52;
        }

        private static long mix(long value) {
            long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            return z ^ z >>> 31;
        }
    }
}
