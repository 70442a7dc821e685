package io.github.mgn4j.extract;

import io.github.mgn4j.engine.Engine;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Variant;

/**
 * Divides the vectors of a feature by their Euclidean lengths ({@link Variant#UNIT_PARTS}, {@link Variant#UNIT_FEATURE}).
 * It follows the mean over an image and its mirror, as in PCB's published evaluation. A vector of zeros stays.
 */
final class UnitParts {
    private UnitParts() {}

    /** Scales a feature in place if the network has such a variant. */
    static void apply(Engine engine, float[] features, int offset) {
        if (engine.hasSpec()) {
            apply(engine.spec(), features, offset);
        }
    }

    private static void apply(MgnSpec spec, float[] features, int offset) {
        boolean whole = spec.has(Variant.UNIT_FEATURE);
        if (!whole && !spec.has(Variant.UNIT_PARTS)) {
            return;
        }
        int length = spec.partLength();
        int parts = spec.featureLength() / length;
        for (int part = 0; part < parts; part++) {
            int from = offset + part * length;
            double squares = 0;
            for (int i = from; i < from + length; i++) {
                squares += (double) features[i] * features[i];
            }
            double divisor = Math.sqrt(whole ? squares * parts : squares);
            for (int i = from; divisor > 0 && i < from + length; i++) {
                features[i] = (float) (features[i] / divisor);
            }
        }
    }
}
