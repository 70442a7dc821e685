package io.github.mgn4j.weights;

import com.google.common.collect.ImmutableMap;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.NetworkSummary;
import io.github.mgn4j.spec.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Weights and images by one formula, the same float32 bits here and in {@code tools/reference/formula.py}, so that two
 * implementations or machines can be compared without a file of weights. Activations stay moderate through all layers.
 *
 * <p>The value at flat index i of tensor n is {@code low + (high - low) * u}, computed in double precision and rounded
 * once; u is the top 24 bits of {@code splitmix64(fnv1a64(n) + (i + 1) * golden)} over 2^24.
 */
public final class FormulaWeights {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int PATCH = 16;
    private static final float RAISE = 3;

    private FormulaWeights() {}

    /** A network with its formula weights. */
    public static Model model(MgnSpec spec) {
        return new Model(spec, of(spec));
    }

    /**
     * A network whose gradients float32's rounding does not decide about: the formula's, but every batch norm's bias is
     * raised by 3, so that hardly a unit is near the kink of ReLU, and the reduction and the classifier of a feature do not
     * see the channels of it that are cut.
     *
     * @param cut for the names of features, channels whose maximum is close to the next value
     */
    public static Model awayFromKinks(MgnSpec spec, Map<String, List<Integer>> cut) {
        Weights weights = of(spec);
        ImmutableMap.Builder<String, Tensor> map = ImmutableMap.builder();
        for (Parameter p : NetworkSummary.of(spec).parameters()) {
            Tensor tensor = weights.get(p.name());
            float[] values = tensor.toArray();
            if (p.kind() == Parameter.Kind.NORM_BIAS) {
                for (int i = 0; i < values.length; i++) {
                    values[i] += RAISE;
                }
            } else if (p.shape().size() > 1 && p.shape().get(1) == spec.pooledDims()) {
                String[] name = p.name().split("\\.", -1);
                boolean head = name[0].equals("reductions") || name[0].equals("classifiers");
                for (int channel : head ? cut.getOrDefault(name[1], List.of()) : List.<Integer>of()) {
                    for (int i = channel; i < values.length; i += spec.pooledDims()) {
                        values[i] = 0;
                    }
                }
            }
            map.put(p.name(), Tensor.of(values, tensor.shape()));
        }
        return new Model(spec, Weights.of(map.buildOrThrow()));
    }

    /** The formula weights of a network. */
    public static Weights of(MgnSpec spec) {
        List<Parameter> parameters = NetworkSummary.of(spec).parameters();
        Tensor[] tensors = new Tensor[parameters.size()];
        IntStream.range(0, tensors.length)
                .parallel()
                .forEach(i ->
                        tensors[i] = tensor(parameters.get(i), spec.backbone().bottleneck()));
        ImmutableMap.Builder<String, Tensor> map = ImmutableMap.builder();
        for (int i = 0; i < tensors.length; i++) {
            map.put(parameters.get(i).name(), tensors[i]);
        }
        return Weights.of(map.buildOrThrow());
    }

    /** Images {@code [count, 3, height, width]}, already normalised; the first ones are those of a smaller batch. */
    public static float[] images(int count, int height, int width) {
        long patches = fnv1a64("image.patch");
        long noises = fnv1a64("image.noise");
        int rows = (height + PATCH - 1) / PATCH;
        int columns = (width + PATCH - 1) / PATCH;
        float[] values = new float[count * 3 * height * width];
        int i = 0;
        for (int plane = 0; plane < count * 3; plane++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    long patch = ((long) plane * rows + y / PATCH) * columns + x / PATCH;
                    values[i] = (float) ((uniform(patches, patch) * 3.0 - 1.5) + (uniform(noises, i) - 0.5));
                    i++;
                }
            }
        }
        return values;
    }

    /** The images as 8-bit pixels {@code [count, 3, height, width]}: from [-2, 2) to 0..255. */
    public static byte[] pixels(int count, int height, int width) {
        float[] images = images(count, height, width);
        byte[] pixels = new byte[images.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.max(0, Math.min(255, Math.floor((images[i] + 2.0) * 63.75)));
        }
        return pixels;
    }

    private static Tensor tensor(Parameter parameter, boolean bottleneck) {
        List<Integer> shape = parameter.shape();
        return switch (parameter.kind()) {
            case RUNNING_MEAN, NORM_BIAS, LINEAR_BIAS -> tensor(parameter, -0.1, 0.1);
            case RUNNING_VAR -> tensor(parameter, 0.75, 1.25);
            case CONV_WEIGHT -> {
                double bound = Math.sqrt(6.0 / (shape.get(1) * shape.get(2) * shape.get(3)));
                yield tensor(parameter, -bound, bound);
            }
            case LINEAR_WEIGHT -> {
                double bound = Math.sqrt(3.0 / shape.get(1));
                yield tensor(parameter, -bound, bound);
            }
            case NORM_WEIGHT -> {
                // The last norm of a block is small, so that sixteen sums in a row do not grow without end.
                boolean last = parameter.name().contains(".layer")
                        && parameter.name().contains(bottleneck ? ".bn3." : ".bn2.");
                yield last ? tensor(parameter, 0.2, 0.4) : tensor(parameter, 0.75, 1.25);
            }
        };
    }

    private static Tensor tensor(Parameter parameter, double low, double high) {
        long name = fnv1a64(parameter.name());
        float[] values = new float[Math.toIntExact(parameter.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (low + (high - low) * uniform(name, i));
        }
        return Tensor.of(
                values, parameter.shape().stream().mapToInt(Integer::intValue).toArray());
    }

    private static double uniform(long name, long index) {
        long z = name + (index + 1) * GOLDEN;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        z = z ^ z >>> 31;
        return (z >>> 40) * 0x1p-24;
    }

    private static long fnv1a64(String name) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001B3L;
        }
        return hash;
    }
}
