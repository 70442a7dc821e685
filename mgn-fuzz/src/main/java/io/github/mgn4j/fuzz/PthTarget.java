package io.github.mgn4j.fuzz;

import io.github.mgn4j.checkpoint.ImportOptions;
import io.github.mgn4j.checkpoint.WeightImporter;
import java.nio.file.Path;

/** PyTorch checkpoints, zip archives and legacy files, from the first byte to the model. */
public final class PthTarget {
    /** A network's parameters are listed and its fresh ones made, whatever the file holds of them. */
    private static final Trial TRIAL = new Trial(64 << 20, 4096);

    private PthTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Path file = Trial.file("model.pth", input);
        TRIAL.run(input.length, () -> WeightImporter.load(file, ImportOptions.defaults()));
    }
}
