package io.github.mgn4j.bench;

import io.github.mgn4j.engine.EngineException;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.MgnSpec;
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
    private static final int CLASSES = 2;

    /** Returns a network: mgn, the article's; tiny, a sixteenth of its width. */
    static GpuNetwork named(String name) {
        return new GpuNetwork(ReferenceWeights.model(spec(name)), name.equals("mgn") ? "full-max.f32" : "tiny-max.f32");
    }

    static MgnSpec spec(String name) {
        return switch (name) {
            case "mgn" -> MgnSpec.mgn(CLASSES);
            case "tiny" -> FormulaInputs.tiny(CLASSES);
            default -> throw new EngineException("unknown network '" + name + "': mgn or tiny");
        };
    }

    /** Returns the features of {@code rows} images: the known ones repeated, or only the first one's. */
    float[] expected(int rows, boolean first) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(GpuNetwork.class.getResourceAsStream("/reference/" + reference), reference)) {
            FloatBuffer known = ByteBuffer.wrap(in.readAllBytes())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            int dims = model.spec().featureLength();
            float[] expected = new float[rows * dims];
            for (int row = 0; row < rows; row++) {
                known.get(first ? 0 : row % FormulaInputs.KNOWN * dims, expected, row * dims, dims);
            }
            return expected;
        }
    }
}
