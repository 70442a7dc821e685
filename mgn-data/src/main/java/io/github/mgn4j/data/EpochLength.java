package io.github.mgn4j.data;

/**
 * The definition of an epoch. Published schedules use one or the other, and they differ by more than a factor of four on
 * Market-1501 (P = 16, K = 4: 202 or 47 iterations).
 */
public enum EpochLength {
    /** As many images as the training set: images / (P K) iterations, rounded down, at least one. */
    FULL_PASS {
        @Override
        int iterations(IdentityIndex index, int p, int k) {
            return (int) Math.max(1, index.images() / ((long) p * k));
        }
    },
    /** K images of every identity: identities / P iterations, rounded up. */
    K_PER_IDENTITY {
        @Override
        int iterations(IdentityIndex index, int p, int k) {
            return rounds(index, p);
        }
    };

    abstract int iterations(IdentityIndex index, int p, int k);

    /** Returns the number of batches until every identity has had its turn. */
    static int rounds(IdentityIndex index, int p) {
        return (index.classes() + p - 1) / p;
    }
}
