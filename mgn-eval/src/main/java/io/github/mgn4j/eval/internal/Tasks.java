package io.github.mgn4j.eval.internal;

import java.util.stream.IntStream;

/** Runs over the rows of a block on all cores. */
public final class Tasks {
    private Tasks() {}

    /** Receives the rows of one task: from the first to the one before the second. */
    @FunctionalInterface
    public interface Range {
        void run(int from, int to);
    }

    /** Cuts rows into tasks of {@code step}, and waits for all. */
    public static void run(int rows, int step, Range range) {
        IntStream.range(0, (rows + step - 1) / step)
                .parallel()
                .forEach(t -> range.run(t * step, Math.min(rows, (t + 1) * step)));
    }
}
