package io.github.mgn4j.train;

import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.image.OnError;
import java.util.HashSet;
import java.util.List;

/**
 * Which images make a batch, and what happens to them. Immutable.
 *
 * @param p identities per batch; with 1 the triplet term is 0
 * @param k images of each; with 1 the triplet term is 0
 * @param epochLength what an epoch is
 * @param augment names of the augmentations, in the order they are applied
 * @param onError what is done about a training image that cannot be read
 */
public record Sampling(int p, int k, EpochLength epochLength, List<String> augment, OnError onError) {
    private static final int MAX_BATCH = 1 << 16;

    public Sampling {
        augment = List.copyOf(augment);
        RecipeException.check(p >= 1, "p (identities per batch) must be at least 1, not %s", p);
        RecipeException.check(k >= 1, "k (images per identity) must be at least 1, not %s", k);
        RecipeException.check(
                (long) p * k >= 2 && (long) p * k <= MAX_BATCH,
                "a batch of p x k images must have 2 to %s, not %s x %s",
                MAX_BATCH,
                p,
                k);
        RecipeException.check(
                new HashSet<>(augment).size() == augment.size(), "augment names something twice: %s", augment);
    }

    /** Returns the images per step. */
    public int batchSize() {
        return p * k;
    }
}
