package io.github.mgn4j.bench;

import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.weights.FormulaWeights;
import io.github.mgn4j.weights.Model;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * A network of formula weights and its features.
 *
 * @param reference resource with the features of the formula's first images, little-endian float32 {@code [images, dims]}
 */
record GpuNetwork(Model model, String reference) {
    /** Images that there are features for. */
    static final int KNOWN = 8;

    /** mgn: the paper's; tiny: one of a sixteenth of its width. */
    static GpuNetwork named(String name) {
        return new GpuNetwork(FormulaWeights.model(spec(name)), name.equals("mgn") ? "full-max.f32" : "tiny-max.f32");
    }

    static MgnSpec spec(String name) {
        MgnSpec mgn = MgnSpec.mgn(2);
        return switch (name) {
            case "mgn" -> mgn;
            case "tiny" ->
                mgn.toBuilder()
                        .backbone(50, 1.0 / 16)
                        .input(96, 32)
                        .embedding(16)
                        .build();
            default -> throw new EngineException("unknown network '" + name + "': mgn or tiny");
        };
    }

    /** The features of so many images: the known ones again and again, or the first one's alone. */
    float[] expected(int rows, boolean first) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(GpuNetwork.class.getResourceAsStream("/reference/" + reference), reference)) {
            FloatBuffer known = ByteBuffer.wrap(in.readAllBytes())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            int dims = model.spec().dims();
            float[] expected = new float[rows * dims];
            for (int row = 0; row < rows; row++) {
                known.get(first ? 0 : row % KNOWN * dims, expected, row * dims, dims);
            }
            return expected;
        }
    }

    /** The formula's images {@code [count, 3, H, W]}, the known ones again and again. */
    FloatBuffer images(int count) {
        int height = model.spec().input().height();
        int width = model.spec().input().width();
        int length = 3 * height * width;
        int made = Math.min(count, KNOWN);
        float[] distinct = FormulaWeights.images(made, height, width);
        FloatBuffer images = direct((long) count * length * Float.BYTES).asFloatBuffer();
        for (int i = 0; i < count; i++) {
            images.put(distinct, i % made * length, length);
        }
        return images.flip();
    }

    static ByteBuffer direct(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    /** The largest difference in units of the largest expected value; NaN counts as far away. */
    static double distance(FloatBuffer found, float[] expected) {
        double largest = 0;
        double apart = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            double distance = Math.abs((double) found.get(i) - expected[i]);
            apart = distance <= apart ? apart : distance;
        }
        return apart / largest;
    }
}
