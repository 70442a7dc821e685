package io.github.mgn4j.cli;

import io.github.mgn4j.train.RecipeBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that change how a recipe draws its batches, and for how long. */
final class SamplingOptions {
    @Option(names = "--p", paramLabel = "N", description = "Identities per batch.")
    private @Nullable Integer p;

    @Option(names = "--k", paramLabel = "N", description = "Images per identity in a batch.")
    private @Nullable Integer k;

    @Option(names = "--epochs", paramLabel = "N", description = "Number of epochs.")
    private @Nullable Integer epochs;

    @Option(
            names = "--augment",
            paramLabel = "NAMES",
            description = "none, or names separated by commas: flip, crop, erase, jitter.")
    private @Nullable String augment;

    /** Changes what the call names. */
    void apply(RecipeBuilder builder) {
        if (p != null) {
            builder.p(p);
        }
        if (k != null) {
            builder.k(k);
        }
        if (epochs != null) {
            builder.epochs(epochs);
        }
        if (augment != null) {
            builder.augment(augment.equals("none") ? List.of() : List.of(augment.split(",", -1)));
        }
    }
}
