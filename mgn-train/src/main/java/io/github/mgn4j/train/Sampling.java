package io.github.mgn4j.train;

import io.github.mgn4j.data.EpochLength;
import io.github.mgn4j.image.OnError;
import java.util.HashSet;
import java.util.List;

/**
 * How batches are sampled and augmented. Immutable.
 *
 * @param p identities per batch; if 1, the triplet term is 0
 * @param k images per identity; if 1, the triplet term is 0
 * @param epochLength what an epoch is
 * @param augment names of the augmentations, in the order of application
 * @param onError policy for training images that cannot be read
 */
public record Sampling(int p, int k, EpochLength epochLength, List<String> augment, OnError onError) {
    private static final int MAX_BATCH = 1 << 16;

    /**
     * Checks the settings.
     *
     * @throws RecipeException if a value is out of range, or an augmentation is listed twice
     */
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

    /** Returns the number of images per step. */
    public int batchSize() {
        return p * k;
    }
}
