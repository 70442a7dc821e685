package io.github.mgn4j.bench;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.engine.EngineOptions;
import io.github.mgn4j.engine.Engines;
import io.github.mgn4j.engine.Layout;
import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Presets;
import io.github.mgn4j.weights.FormulaWeights;
import io.github.mgn4j.weights.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Locale;

/** Batches of one size through an engine: the formula's images in, features out, in direct buffers. */
final class Workload {
    /** A network small enough for tests and rehearsals. */
    static final String TINY = "tiny";

    private static final int CLASSES = 751;
    private static final int DISTINCT = 4;

    private final Engine engine;
    private final int batch;
    private final FloatBuffer images;
    private final FloatBuffer features;

    /** Prepares a batch for an engine, which stays the caller's. */
    Workload(Engine engine, int batch) {
        this.engine = engine;
        this.batch = batch;
        images = images(engine.spec(), batch, engine.inputLayout());
        features = direct(batch * engine.spec().dims());
    }

    /** Opens {@code engine/precision} as in {@code onednn/bf16}. */
    static Engine open(String choice, Model model, int batch) {
        String[] parts = choice.split("/", 2);
        return Engines.open(parts[0], model, new EngineOptions(precision(parts[1]), batch));
    }

    static Precision precision(String name) {
        return Precision.valueOf(name.toUpperCase(Locale.ROOT));
    }

    static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    /** A preset of the paper's ablation, or {@link #TINY}. */
    static MgnSpec spec(String network) {
        return network.equals(TINY)
                ? MgnSpec.mgn(CLASSES).toBuilder()
                        .backbone(50, 1.0 / 16)
                        .input(96, 32)
                        .embedding(16)
                        .build()
                : Presets.named(network, CLASSES);
    }

    /** The formula's images in an engine's layout; after a few, they repeat. */
    static FloatBuffer images(MgnSpec spec, int batch, Layout layout) {
        InputSize size = spec.input();
        int plane = size.height() * size.width();
        float[] planes = FormulaWeights.images(DISTINCT, size.height(), size.width());
        FloatBuffer images = direct(3 * batch * plane);
        for (int image = 0; image < batch; image++) {
            int from = image % DISTINCT * 3 * plane;
            for (int i = 0; i < 3 * plane; i++) {
                images.put(planes[from + (layout == Layout.NHWC ? i % 3 * plane + i / 3 : i)]);
            }
        }
        return images.rewind();
    }

    FloatBuffer images() {
        return images;
    }

    /** Computes the batch's features. */
    FloatBuffer run() {
        engine.run(images, batch, features);
        return features;
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
