package io.github.mgn4j.examples;

import io.github.mgn4j.checkpoint.ImportOptions;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.checkpoint.WeightImporter;
import io.github.mgn4j.model.Model;
import io.github.mgn4j.spec.FeaturePart;
import io.github.mgn4j.spec.NetworkSummary;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Imports a checkpoint that was trained with PyTorch into a model file. No Python is needed, and none of its code is
 * executed.
 */
public final class ImportPyTorchCheckpoint {
    private ImportPyTorchCheckpoint() {}

    /** Arguments: checkpoint (.pth, .pt, .safetensors), model file to write. */
    public static void main(String... args) throws IOException {
        Model model = WeightImporter.load(Path.of(args[0]), ImportOptions.defaults());
        ModelFile.save(Path.of(args[1]), model);
        System.out.printf(
                "%,d parameters, features %s%n",
                NetworkSummary.of(model.spec()).parameterCount(),
                model.spec().features().stream().map(FeaturePart::name).toList());
    }
}
