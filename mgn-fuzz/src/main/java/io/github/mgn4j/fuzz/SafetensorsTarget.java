package io.github.mgn4j.fuzz;

import io.github.mgn4j.checkpoint.ImportOptions;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.checkpoint.WeightImporter;
import java.nio.file.Path;

/** Model files, and safetensors in the naming of others. */
public final class SafetensorsTarget {
    private static final Trial TRIAL = new Trial(64 << 20, 4096);

    private SafetensorsTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Path file = Trial.file("model.safetensors", input);
        TRIAL.run(input.length, () -> ModelFile.load(file));
        TRIAL.run(input.length, () -> WeightImporter.load(file, ImportOptions.defaults()));
    }
}
