package io.github.mgn4j.spark.bars;

import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.data.synth.SynthOptions;
import io.github.mgn4j.data.synth.SyntheticDataset;
import io.github.mgn4j.fixtures.ReferenceWeights;
import io.github.mgn4j.fixtures.TinySpecs;
import io.github.mgn4j.spec.MgnSpec;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes what the bars need: {@code small.safetensors} and {@code full.safetensors}, a small network and the paper's, both with formula weights, or
 * synthetic images of 128x256.
 *
 * <p>Arguments: {@code models FOLDER}, or {@code images FOLDER COUNT}, of which 16 are the smallest step.
 */
public final class BarInputs {
    private static final int SMALL_DEPTH = 50;
    private static final int PEOPLE = 751;
    private static final int STEP = 16;

    private BarInputs() {}

    public static void main(String... args) throws IOException {
        Path folder = Path.of(args[1]);
        if (args[0].equals("models")) {
            ModelFile.save(folder.resolve("small.safetensors"), ReferenceWeights.model(TinySpecs.tiny(SMALL_DEPTH)));
            ModelFile.save(folder.resolve("full.safetensors"), ReferenceWeights.model(MgnSpec.mgn(PEOPLE)));
        } else {
            int people = Math.max(
                    1, Integer.parseInt(args[2]) / STEP); // of 2 cameras with 4 images in training, and as many in test
            SyntheticDataset.write(new SynthOptions(people, 2, 4, 128, 256, 1), folder, true, (done, total) -> {});
        }
    }
}
