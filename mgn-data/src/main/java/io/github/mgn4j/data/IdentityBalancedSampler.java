package io.github.mgn4j.data;

import java.util.SplittableRandom;

/**
 * Samples batches of exactly P identities with K images each (Hermans et al., In Defense of the Triplet Loss, 2017). A batch
 * depends only on seed, epoch and position, so that training resumes anywhere and threads may request batches in any order.
 *
 * <p>Batches come in rounds. In a round every identity has one turn, in a random order; the last batch of a round is filled
 * with identities that already had theirs. An identity takes its images in a random order, K per turn, and reshuffles them
 * when fewer than K are left. An identity with fewer than K images uses all of them and then repeats some. Thread-safe.
 */
public final class IdentityBalancedSampler {
    private static final long ORDER = 1;
    private static final long IMAGES = 2;
    private static final long FILLING = 3;

    private final IdentityIndex index;
    private final int p;
    private final int k;
    private final long seed;
    private final int iterations;
    private final int batchesPerRound;
    private final int roundsPerEpoch;
    private volatile Round lastRound = new Round(-1, new int[0]);

    /** The order of the identities in one round, cached because neighbouring batches share it. */
    private static final class Round {
        final long number;
        final int[] order;

        Round(long number, int[] order) {
            this.number = number;
            this.order = order;
        }
    }

    /**
     * Creates a sampler.
     *
     * @param p identities per batch
     * @param k images per identity
     * @param epochLength the definition of an epoch
     * @param seed the seed of all random orders
     * @throws DatasetException if p or k is below 1, or p above the number of identities
     */
    public IdentityBalancedSampler(IdentityIndex index, int p, int k, EpochLength epochLength, long seed) {
        DatasetException.check(p >= 1 && k >= 1, "P and K must be at least 1, not %s and %s", p, k);
        DatasetException.check(
                p <= index.classes(),
                "P is %s identities per batch, but the training images show only %s",
                p,
                index.classes());
        DatasetException.check((long) p * k <= 1 << 20, "P x K is %s, more than a million", (long) p * k);
        this.index = index;
        this.p = p;
        this.k = k;
        this.seed = seed;
        iterations = epochLength.iterations(index, p, k);
        batchesPerRound = EpochLength.rounds(index, p);
        roundsPerEpoch = (iterations + batchesPerRound - 1) / batchesPerRound;
    }

    /** Returns the number of images per batch: P x K. */
    public int batchSize() {
        return p * k;
    }

    /** Returns the number of images per identity: K. */
    public int imagesPerIdentity() {
        return k;
    }

    /** Returns the number of batches per epoch. */
    public int iterationsPerEpoch() {
        return iterations;
    }

    /** Returns the index of the images to sample from. */
    public IdentityIndex index() {
        return index;
    }

    /**
     * Returns one batch.
     *
     * @param epoch from 0
     * @param position from 0, below {@link #iterationsPerEpoch()}
     * @return P groups of K indices into the list of images
     */
    public int[] batch(long epoch, int position) {
        if (epoch < 0 || position < 0 || position >= iterations) {
            throw new IllegalArgumentException("epoch " + epoch + ", position " + position + ": expected from 0, below "
                    + iterations + " iterations");
        }
        long round = epoch * roundsPerEpoch + position / batchesPerRound;
        int[] order = order(round);
        int[] batch = new int[p * k];
        int first = position % batchesPerRound * p;
        for (int i = 0; i < p; i++) {
            int turn = first + i;
            boolean filling = turn >= order.length;
            draw(order[filling ? turn - order.length : turn], round, filling, batch, i * k);
        }
        return batch;
    }

    private int[] order(long round) {
        Round cached = lastRound;
        if (cached.number != round) {
            cached = new Round(round, Seeds.permutation(index.classes(), Seeds.random(seed, ORDER, round)));
            lastRound = cached;
        }
        return cached.order;
    }

    private void draw(int label, long round, boolean filling, int[] batch, int offset) {
        int count = index.count(label);
        int turns = Math.max(1, count / k);
        long walk = filling ? round : round / turns;
        SplittableRandom random = Seeds.random(seed, filling ? FILLING : IMAGES, label, walk);
        int[] images = Seeds.permutation(count, random);
        int start = filling ? 0 : (int) (round % turns) * k;
        for (int i = 0; i < k; i++) {
            int place = start + i;
            if (place > 0 && place % count == 0) {
                Seeds.shuffle(images, random); // reached only by identities with fewer than K images
            }
            batch[offset + i] = index.member(label, images[place % count]);
        }
    }
}
