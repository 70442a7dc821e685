package io.github.mgn4j.fuzz;

import io.github.mgn4j.train.RecipeYaml;
import java.nio.file.Path;

/** Recipes. */
public final class YamlTarget {
    private static final Trial TRIAL = new Trial(4 << 20, 4096);

    private YamlTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Path file = Trial.file("recipe.yaml", input);
        TRIAL.run(input.length, () -> RecipeYaml.read(file));
    }
}
