package io.github.mgn4j.train;

import io.github.mgn4j.engine.Precision;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.spec.MgnSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a training run except the data and the weights to start from. Immutable and validated; read and
 * written by {@link RecipeYaml}. The defaults are the article's.
 *
 * @param network the network to build when there is no model to start from
 * @param sampling how batches are sampled and augmented
 * @param epochs number of epochs, when {@code iterations} is null
 * @param iterations total number of steps, or null
 * @param optimizer the optimizer and its constants
 * @param schedule the learning rate schedule
 * @param parameters settings for parameters that are trained differently from the others
 * @param clipNorm largest Euclidean norm of all gradients together, which are scaled down to it; 0 for no clipping
 * @param losses constants of the objective
 * @param seed seed of sampling, augmentation and new weights
 * @param microBatch number of images per pass through the network, a divisor of {@code p * k}; 0 for all at once. The
 *     losses are those of the whole batch; batch norm sees one micro-batch at a time
 * @param precision format of the factors of convolutions, fp32 or bf16; sums, batch norms, losses and weights are float32.
 *     bf16 needs {@code mgn-onednn}; a processor that does not gain from it computes in fp32 and logs a warning
 * @param cadence intervals of checkpoints and evaluations
 */
public record Recipe(
        NetworkSettings network,
        Sampling sampling,
        int epochs,
        @Nullable Integer iterations,
        OptimizerSettings optimizer,
        LrSchedule schedule,
        ParameterSettings parameters,
        double clipNorm,
        LossSettings losses,
        long seed,
        int microBatch,
        Precision precision,
        Cadence cadence) {
    /**
     * Checks the settings.
     *
     * @throws RecipeException naming the first setting that is out of range
     */
    public Recipe {
        RecipeException.check(epochs >= 1, "epochs must be at least 1, not %s", epochs);
        RecipeException.check(
                iterations == null || iterations >= 1, "iterations must be at least 1, not %s", iterations);
        RecipeException.check(
                clipNorm >= 0 && clipNorm < Double.POSITIVE_INFINITY, "clip-norm must be 0 or more, not %s", clipNorm);
        RecipeException.check(
                precision == Precision.FP32 || precision == Precision.BF16,
                "precision must be fp32 or bf16, not %s",
                precision.label());
        RecipeException.check(
                microBatch == 0 || (microBatch >= 2 && sampling.batchSize() % microBatch == 0),
                "micro-batch must be 0, or from 2 a divisor of p x k = %s, not %s",
                sampling.batchSize(),
                microBatch);
    }

    /** Returns warnings about settings that are allowed but probably a mistake, one sentence each. */
    public List<String> warnings() {
        if (losses.tripletWeight() == 0 || (p() > 1 && k() > 1)) {
            return List.of();
        }
        return List.of("the triplet term stays 0 with "
                + (p() == 1
                        ? "p 1: it compares images of two identities"
                        : "k 1: it compares two images of an identity"));
    }

    /** Returns the article's recipe for Market-1501. {@code market1501.yaml} is the same recipe with explanations. */
    public static Recipe market1501() {
        return builder().build();
    }

    /** Returns a builder that starts from the article's recipe. */
    public static RecipeBuilder builder() {
        return new RecipeBuilder();
    }

    /** Returns a builder that starts from this recipe. */
    public RecipeBuilder toBuilder() {
        return new RecipeBuilder(this);
    }

    /** Returns the number of identities per batch. */
    public int p() {
        return sampling.p();
    }

    /** Returns the number of images per identity in a batch. */
    public int k() {
        return sampling.k();
    }

    /** Returns the number of images per step. */
    public int batchSize() {
        return sampling.batchSize();
    }

    /**
     * Returns the total number of steps.
     *
     * @param iterationsPerEpoch number of steps per epoch of the data
     */
    public int totalIterations(int iterationsPerEpoch) {
        return iterations != null ? iterations : Math.multiplyExact(epochs, iterationsPerEpoch);
    }

    /**
     * Checks that a run of an earlier recipe can continue with this one. Settings that determine the network, the order
     * of the images and the optimizer's state must be the same; the others may change.
     *
     * @throws RecipeException naming the first setting that must not change
     */
    public void checkContinues(Recipe earlier) {
        checkSame("network", network, earlier.network);
        checkSame("p", p(), earlier.p());
        checkSame("k", k(), earlier.k());
        checkSame("epoch", sampling.epochLength(), earlier.sampling.epochLength());
        checkSame("seed", seed, earlier.seed);
        checkSame("optimizer", optimizer.kind(), earlier.optimizer.kind());
    }

    private static void checkSame(String name, Object value, Object earlier) {
        RecipeException.check(
                value.equals(earlier),
                "%s was %s in the run to be resumed, and cannot be %s now",
                name,
                earlier instanceof Enum<?> e ? YamlValue.name(e) : earlier,
                value instanceof Enum<?> v ? YamlValue.name(v) : value);
    }

    /**
     * Returns the article's objective with this recipe's constants and weights.
     *
     * @throws IllegalArgumentException if no term is left: triplets alone need global features
     */
    public Objective objective(MgnSpec spec) {
        return losses.objective(spec);
    }
}
