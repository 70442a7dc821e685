package io.github.mgn4j.fuzz;

import io.github.mgn4j.features.NpyFile;
import java.nio.file.Path;

/** NumPy files of features. */
public final class NpyTarget {
    private static final Trial TRIAL = new Trial(2 << 20, 64);

    private NpyTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Path file = Trial.file("features.npy", input);
        TRIAL.run(input.length, () -> NpyFile.read(file));
    }
}
