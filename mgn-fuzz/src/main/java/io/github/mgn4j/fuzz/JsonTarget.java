package io.github.mgn4j.fuzz;

import io.github.mgn4j.spec.SpecJson;
import java.nio.charset.StandardCharsets;

/** Specs of networks. */
public final class JsonTarget {
    private static final Trial TRIAL = new Trial(2 << 20, 2048);

    private JsonTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        TRIAL.run(input.length, () -> SpecJson.parse(text));
    }
}
