package io.github.mgn4j.fuzz;

import io.github.mgn4j.data.DatasetFormats;
import io.github.mgn4j.features.FeatureTable;
import java.nio.file.Path;

/** Tables of features, and lists of images. */
public final class CsvTarget {
    /** Formats are looked up on the class path. */
    private static final Trial TRIAL = new Trial(8 << 20, 2048);

    private CsvTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Path file = Trial.file("list.csv", input);
        TRIAL.run(input.length, () -> FeatureTable.read(file));
        TRIAL.run(input.length, () -> DatasetFormats.read(file));
        TRIAL.run(input.length, () -> DatasetFormats.named("folder").read(file));
    }
}
