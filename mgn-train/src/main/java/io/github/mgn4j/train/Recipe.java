package io.github.mgn4j.train;

import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.extract.OnError;
import io.github.mgn4j.loss.Objective;
import io.github.mgn4j.loss.SoftmaxLoss;
import io.github.mgn4j.loss.TripletLoss;
import io.github.mgn4j.spec.MgnSpec;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides a training run apart from the data and the weights to start from. Immutable and validated;
 * read and written by {@link RecipeYaml}. The defaults are the article's.
 *
 * @param network what to build when there is no model to start from
 * @param p identities per batch; with 1 the triplet term is 0
 * @param k images of each; with 1 the triplet term is 0
 * @param epochLength what an epoch is
 * @param epochs how many of them, when {@code iterations} is null
 * @param iterations total number of steps, or null
 * @param optimizer which, and its constants
 * @param schedule the learning rate over time
 * @param parameters which parameters are trained differently from the others
 * @param clipNorm gradients are scaled down together to at most this Euclidean norm; 0 for no clipping
 * @param margin of the triplet loss
 * @param softMargin whether the triplet loss has a soft margin instead
 * @param labelSmoothing of the softmax loss
 * @param softmaxWeight factor of the mean of the softmax terms; 0 leaves them out
 * @param tripletWeight factor of the mean of the triplet terms; 0 leaves them out
 * @param augment names of the augmentations, in the order they are applied
 * @param onError what is done about a training image that cannot be read
 * @param seed decides sampling, augmentation and new weights
 * @param microBatch images that are run through the network at a time, a divisor of {@code p * k}; 0 for all at once. The
 *     losses are those of the whole batch; batch norm sees one micro-batch at a time
 * @param checkpointEvery iterations between two checkpoints; 0 for none but at the end or when training is stopped
 * @param evaluateEvery iterations between two evaluations; 0 for none
 */
public record Recipe(
        NetworkSettings network,
        int p,
        int k,
        EpochLength epochLength,
        int epochs,
        @Nullable Integer iterations,
        OptimizerSettings optimizer,
        LrSchedule schedule,
        ParameterSettings parameters,
        double clipNorm,
        double margin,
        boolean softMargin,
        double labelSmoothing,
        double softmaxWeight,
        double tripletWeight,
        List<String> augment,
        OnError onError,
        long seed,
        int microBatch,
        int checkpointEvery,
        int evaluateEvery) {
    private static final int MAX_BATCH = 1 << 16;

    public Recipe {
        augment = List.copyOf(augment);
        RecipeException.check(p >= 1, "p (identities per batch) must be at least 1, not %s", p);
        RecipeException.check(k >= 1, "k (images per identity) must be at least 1, not %s", k);
        RecipeException.check(
                (long) p * k >= 2 && (long) p * k <= MAX_BATCH,
                "a batch of p x k images must have 2 to %s, not %s x %s",
                MAX_BATCH,
                p,
                k);
        RecipeException.check(epochs >= 1, "epochs must be at least 1, not %s", epochs);
        RecipeException.check(
                iterations == null || iterations >= 1, "iterations must be at least 1, not %s", iterations);
        RecipeException.check(
                margin >= 0 && margin < Double.POSITIVE_INFINITY, "margin must be 0 or more, not %s", margin);
        RecipeException.check(
                labelSmoothing >= 0 && labelSmoothing < 1,
                "label-smoothing must be 0 or more and below 1, not %s",
                labelSmoothing);
        checkWeight("softmax-weight", softmaxWeight);
        checkWeight("triplet-weight", tripletWeight);
        RecipeException.check(softmaxWeight + tripletWeight > 0, "softmax-weight and triplet-weight cannot both be 0");
        RecipeException.check(
                new HashSet<>(augment).size() == augment.size(), "augment names something twice: %s", augment);
        RecipeException.check(
                clipNorm >= 0 && clipNorm < Double.POSITIVE_INFINITY, "clip-norm must be 0 or more, not %s", clipNorm);
        RecipeException.check(
                microBatch == 0 || (microBatch >= 2 && p * k % microBatch == 0),
                "micro-batch must be 0, or from 2 a divisor of p x k = %s, not %s",
                p * k,
                microBatch);
        RecipeException.check(evaluateEvery >= 0, "evaluate-every must be 0 or more, not %s", evaluateEvery);
        RecipeException.check(checkpointEvery >= 0, "checkpoint-every must be 0 or more, not %s", checkpointEvery);
    }

    /** Returns what is allowed but hardly meant, one sentence each. */
    public List<String> warnings() {
        if (tripletWeight == 0 || (p > 1 && k > 1)) {
            return List.of();
        }
        return List.of("the triplet term stays 0 with "
                + (p == 1
                        ? "p 1: it compares images of two identities"
                        : "k 1: it compares two images of an identity"));
    }

    private static void checkWeight(String name, double weight) {
        RecipeException.check(
                weight >= 0 && weight < Double.POSITIVE_INFINITY, "%s must be 0 or more, not %s", name, weight);
    }

    /** The article's recipe for Market-1501; {@code market1501.yaml} says the same with explanations. */
    public static Recipe market1501() {
        return builder().build();
    }

    /** A builder that starts from the article's recipe. */
    public static RecipeBuilder builder() {
        return new RecipeBuilder();
    }

    /** A builder that starts from this recipe. */
    public RecipeBuilder toBuilder() {
        return new RecipeBuilder(this);
    }

    /** Images per step. */
    public int batchSize() {
        return p * k;
    }

    /** Total number of steps for data with that many per epoch. */
    public int totalIterations(int iterationsPerEpoch) {
        return iterations != null ? iterations : Math.multiplyExact(epochs, iterationsPerEpoch);
    }

    /**
     * Makes sure that a run of an earlier recipe can go on with this one: what decides the network, the order of the
     * images and the optimizer's state has to stay; the rest may change.
     *
     * @throws RecipeException naming the first setting that may not have changed
     */
    public void checkContinues(Recipe earlier) {
        checkSame("network", network, earlier.network);
        checkSame("p", p, earlier.p);
        checkSame("k", k, earlier.k);
        checkSame("epoch", epochLength, earlier.epochLength);
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
     * The article's objective with this recipe's constants and weights.
     *
     * @throws IllegalArgumentException if nothing is left to train on: triplets alone need global features
     */
    public Objective objective(MgnSpec spec) {
        TripletLoss triplet = softMargin ? TripletLoss.softMargin() : TripletLoss.withMargin(margin);
        return Objective.mgn(spec, new SoftmaxLoss(labelSmoothing), triplet).weighted(softmaxWeight, tripletWeight);
    }
}
