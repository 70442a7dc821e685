package io.github.mgn4j.fuzz;

import io.github.mgn4j.spec.Branch;
import io.github.mgn4j.spec.MgnSpec;
import io.github.mgn4j.spec.Pooling;
import io.github.mgn4j.spec.SpecJson;
import io.github.mgn4j.train.Recipe;
import io.github.mgn4j.train.RecipeYaml;
import io.github.mgn4j.checkpoint.ModelFile;
import io.github.mgn4j.model.WeightInit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the seeds that the library itself can make: {@code Seeds CORPUS}; make_fuzz_corpus.py makes checkpoints of them. */
public final class Seeds {
    private Seeds() {}

    public static void main(String[] args) throws IOException {
        Path corpus = Path.of(args[0]);
        MgnSpec tiny = MgnSpec.mgn(2).toBuilder()
                .backbone(18, 1.0 / 64)
                .input(96, 32)
                .embedding(2)
                .build();
        MgnSpec single = MgnSpec.builder()
                .backbone(18, 1.0 / 64)
                .input(32, 32)
                .branches(Branch.globalOnly(), Branch.part(2))
                .embedding(1)
                .classes(1)
                .pooling(Pooling.AVG)
                .build();
        ModelFile.save(corpus.resolve("safetensors/tiny.safetensors"), WeightInit.initialise(tiny, 1));
        ModelFile.save(corpus.resolve("safetensors/two-branches.safetensors"), WeightInit.initialise(single, 1));
        Files.createDirectories(corpus.resolve("json"));
        Files.writeString(corpus.resolve("json/tiny.json"), SpecJson.write(tiny));
        Files.writeString(corpus.resolve("json/two-branches.json"), SpecJson.write(single));
        Files.createDirectories(corpus.resolve("yaml"));
        RecipeYaml.write(corpus.resolve("yaml/market1501.yaml"), Recipe.market1501());
    }
}
