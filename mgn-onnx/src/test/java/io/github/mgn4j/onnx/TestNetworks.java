package io.github.mgn4j.onnx;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.fixtures.TinySpecs;
import io.github.mgn4j.image.Layout;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.samediff.SameDiffEngine;
import io.github.mgn4j.spec.InputSize;
import io.github.mgn4j.spec.MgnSpec;
import java.nio.FloatBuffer;
import java.util.stream.Stream;

/** Small networks of every kind, images for them, and their features by the SameDiff engine. */
final class TestNetworks {
    private TestNetworks() {}

    static Stream<MgnSpec> specs() {
        return Stream.of(
                        TinySpecs.all().stream(),
                        TinySpecs.variants().stream(),
                        Stream.of(tiny(101).toBuilder().backbone(101, 1.0 / 32).build()))
                .flatMap(specs -> specs);
    }

    static MgnSpec tiny(int depth) {
        return TinySpecs.tiny(depth);
    }

    static Model model(MgnSpec spec) {
        return ReferenceWeights.model(spec);
    }

    /** {@code [count, 3, H, W]}. */
    static float[] images(MgnSpec spec, int count) {
        return ReferenceWeights.images(
                count, spec.input().height(), spec.input().width());
    }

    /** {@code [count, dims]} of images {@code [count, 3, H, W]} by the SameDiff engine. */
    static float[] features(Model model, float[] images) {
        try (SameDiffEngine engine = new SameDiffEngine(model, Layout.NCHW)) {
            return run(engine, images);
        }
    }

    static float[] run(Engine engine, float[] images) {
        InputSize size = engine.spec().input();
        int count = images.length / (3 * size.height() * size.width());
        FloatBuffer features = FloatBuffer.allocate(count * engine.spec().featureLength());
        engine.run(FloatBuffer.wrap(images), count, features);
        return features.array();
    }

    /** The largest difference, in units of the largest expected value. */
    static double distance(float[] expected, float[] found) {
        double scale = 0;
        double apart = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            apart = Math.max(apart, Math.abs(expected[i] - found[i]));
        }
        return apart / scale;
    }
}
