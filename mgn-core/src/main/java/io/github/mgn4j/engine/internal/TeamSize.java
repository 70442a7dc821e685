package io.github.mgn4j.engine.internal;

/**
 * Chooses between all cores and one for batches that cannot be divided. Threads that share a layer wait for the slowest;
 * if another process uses its core, they take longer than a single thread would. That is noticed by the time: after two
 * slow batches in a row one thread computes the next ones, then all cores are tried again.
 */
public final class TeamSize {
    /** Time of a slow batch relative to the fastest. */
    private static final double SLOW = 1.5;

    private static final int FIRST_SPAN = 8;
    private static final int LONGEST_SPAN = 64;

    private final int cores;
    private long fastest = Long.MAX_VALUE;
    /** Time of the fastest of the slow batches in a row. */
    private long slow = Long.MAX_VALUE;

    private int slowBatches;
    /** Batches that one thread will compute from now on. */
    private int alone;

    private int span = FIRST_SPAN;
    /** Batches for which slow ones are accepted, because one thread was no faster. */
    private int accepted;

    /** Creates the choice for one batch size. */
    public TeamSize(int cores) {
        this.cores = cores;
    }

    /** Returns the number of threads for the next batch. */
    public int next() {
        return alone > 0 ? 1 : cores;
    }

    /** Records the time of the batch that {@link #next} was asked for. */
    public void took(long nanos) {
        if (cores == 1) {
            return;
        }
        if (alone > 0) {
            alone = nanos < slow ? alone - 1 : 0;
            accepted = nanos < slow ? 0 : LONGEST_SPAN;
            return;
        }
        fastest = Math.min(fastest, nanos);
        accepted = Math.max(0, accepted - 1);
        if (nanos < SLOW * fastest || accepted > 0) {
            slowBatches = 0;
            slow = Long.MAX_VALUE;
            span = accepted > 0 ? span : FIRST_SPAN;
            return;
        }
        slow = Math.min(slow, nanos);
        if (++slowBatches == 2) {
            alone = span;
            span = Math.min(2 * span, LONGEST_SPAN);
            slowBatches = 0;
        }
    }
}
