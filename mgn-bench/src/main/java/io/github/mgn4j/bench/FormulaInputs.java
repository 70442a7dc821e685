package io.github.mgn4j.bench;

import io.github.mgn4j.engine.internal.Buffers;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;

/**
 * Inputs of benchmarks for networks of formula weights. Depends on no engine, because the GPU benchmark's jar has only
 * one.
 */
final class FormulaInputs {
    /** Number of distinct images; larger batches repeat them. */
    static final int KNOWN = 8;

    private FormulaInputs() {}

    /** Returns a network small enough for tests and rehearsals: a sixteenth of the article's width. */
    static MgnSpec tiny(int classes) {
        return MgnSpec.mgn(classes).toBuilder()
                .backbone(50, 1.0 / 16)
                .input(96, 32)
                .embedding(16)
                .build();
    }

    /** Returns the formula's images in an engine's layout. */
    static FloatBuffer images(MgnSpec spec, int batch, Layout layout) {
        InputSize size = spec.input();
        int plane = size.height() * size.width();
        float[] planes = ReferenceWeights.images(Math.min(batch, KNOWN), size.height(), size.width());
        FloatBuffer images = Buffers.allocate(3L * batch * plane);
        for (int image = 0; image < batch; image++) {
            int from = image % KNOWN * 3 * plane;
            for (int i = 0; i < 3 * plane; i++) {
                images.put(planes[from + (layout == Layout.NHWC ? i % 3 * plane + i / 3 : i)]);
            }
        }
        return images.rewind();
    }
}
