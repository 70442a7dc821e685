package io.github.mgn4j.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Says how far long work is: a bar that rewrites itself on a terminal, a line now and then elsewhere. */
final class Progress implements AutoCloseable {
    private static final int BAR = 20;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;

    private final PrintStream out;
    private final @Nullable Integer columns;
    private final String what;
    private final long start = System.nanoTime();
    private long last = start;
    private boolean drawn;
    private long before;

    Progress(PrintStream out, @Nullable Integer columns, String what) {
        this.out = out;
        this.columns = columns;
        this.what = what;
    }

    void update(long done, long total) {
        update(done, total, "");
    }

    /** So much was done earlier, in another process: it says nothing about how long the rest takes. */
    void startAt(long done) {
        before = done;
    }

    /**
     * So much of the total is done; {@code detail} follows on the line.
     *
     * @throws CancellationException if the thread is interrupted
     */
    void update(long done, long total, String detail) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
        long now = System.nanoTime();
        if (now - last < (columns != null ? REDRAW_NANOS : LINE_NANOS) && done < total) {
            return;
        }
        if (columns == null && done >= total && now - start < 2 * LINE_NANOS) {
            return; // short work needs no line at its end
        }
        last = now;
        String text = "%s %d/%d, %s%s"
                .formatted(what, done, total, detail.isEmpty() ? "" : detail + ", ", time(now - start, done, total));
        if (columns == null) {
            out.println("mgn: " + text);
            return;
        }
        int filled = (int) (total == 0 ? BAR : BAR * done / total);
        String line = "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + text;
        // A line that wraps could not be rewritten.
        out.print("\r" + line.substring(0, Math.min(line.length(), Math.max(1, columns - 1))) + "\u001b[K");
        out.flush();
        drawn = true;
    }

    /** How long the rest will take, or all has taken. */
    private String time(long nanos, long done, long total) {
        if (done >= total) {
            return "took " + time(nanos / 1_000_000_000);
        }
        return done <= before ? "begun" : time(Math.round(nanos / 1e9 * (total - done) / (done - before))) + " left";
    }

    private static String time(long seconds) {
        Duration d = Duration.ofSeconds(seconds);
        return d.toHours() > 0
                ? "%d:%02d:%02d".formatted(d.toHours(), d.toMinutesPart(), d.toSecondsPart())
                : "%d:%02d".formatted(d.toMinutes(), d.toSecondsPart());
    }

    /** Ends the bar's line. */
    @Override
    public void close() {
        if (drawn) {
            out.println();
        }
    }
}
