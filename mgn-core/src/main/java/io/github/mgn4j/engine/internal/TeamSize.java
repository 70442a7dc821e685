package io.github.mgn4j.engine.internal;

/**
 * Chooses between all cores and one for batches that cannot be divided. Threads that share a layer wait for the slowest; if
 * another process uses its core, they take longer than a single thread would. That is noticed by the time: once batches
 * have become slow, one thread computes the next ones. All cores are tried again, the later the more often they were slow.
 * Not thread-safe.
 */
public final class TeamSize {
    /** Time of a slow batch, and of slow batches on average, relative to the fastest. */
    private static final double SLOW = 1.5;

    private static final int LEAST_WINDOW = 8;
    private static final int WINDOW = 32;
    private static final int LEAST_ALONE = 4;
    private static final int SHORTEST = 2;
    private static final int LONGEST = 32;

    private final int cores;
    private long fastest = Long.MAX_VALUE;
    /** Batches of all cores in this window, below 0 while the first ones warm up. */
    private int batches = -LEAST_WINDOW;

    private long nanos;
    private int slowInRow;
    /** Slow batches in a row that suffice: one where all cores are tried again. */
    private int suspicious = 2;
    /** Average time of the batches for which one thread was chosen. */
    private double slowMean;
    /** Nanoseconds for which one thread computes, as a multiple of those that were lost. */
    private int patience = SHORTEST;

    private long alone;
    private int aloneBatches;
    private long aloneNanos;
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
    public void took(long time) {
        if (cores == 1) {
            return;
        }
        if (alone > 0) {
            tookAlone(time);
            return;
        }
        fastest = Math.min(fastest, time);
        accepted = Math.max(0, accepted - 1);
        batches++;
        nanos = batches > 0 ? nanos + time : 0;
        slowInRow = time > SLOW * fastest ? slowInRow + 1 : 0;
        boolean inRow = slowInRow >= suspicious;
        boolean onAverage = batches >= LEAST_WINDOW && nanos > SLOW * fastest * batches;
        if (accepted == 0 && (inRow || onAverage)) {
            slowMean = inRow ? time : (double) nanos / batches;
            long lost = Math.max(nanos - batches * fastest, time - fastest);
            alone = patience * lost;
            patience = Math.min(2 * patience, LONGEST);
            newWindow(1);
        } else if (batches == WINDOW) {
            patience = SHORTEST;
            newWindow(2);
        } else if (batches == 2) {
            suspicious = 2;
        }
    }

    private void tookAlone(long time) {
        alone -= time;
        aloneBatches++;
        aloneNanos += time;
        if (aloneBatches >= LEAST_ALONE && aloneNanos > slowMean * aloneBatches) {
            alone = 0;
            accepted = 2 * WINDOW;
        }
    }

    private void newWindow(int slowThatSuffice) {
        batches = 0;
        nanos = 0;
        slowInRow = 0;
        suspicious = slowThatSuffice;
        aloneBatches = 0;
        aloneNanos = 0;
    }
}
