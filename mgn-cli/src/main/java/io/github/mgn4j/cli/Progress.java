package io.github.mgn4j.cli;

import java.io.PrintStream;
import java.time.Duration;

/** Says how far long work is. Used by one thread. */
final class Progress implements AutoCloseable {
    private static final int BAR = 30;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;

    private final PrintStream out;
    private final boolean interactive;
    private final String what;
    private final long start = System.nanoTime();
    private long last = start;
    private boolean drawn;
    private long before;

    Progress(PrintStream out, boolean interactive, String what) {
        this.out = out;
        this.interactive = interactive;
        this.what = what;
    }

    void update(long done, long total) {
        update(done, total, "");
    }

    /** So much was done earlier, in another process: it says nothing about how long the rest takes. */
    void startAt(long done) {
        before = done;
    }

    /** So much of the total is done; {@code detail} follows on the line. */
    void update(long done, long total, String detail) {
        long now = System.nanoTime();
        if (now - last < (interactive ? REDRAW_NANOS : LINE_NANOS) && done < total) {
            return;
        }
        if (!interactive && done >= total && now - start < LINE_NANOS) {
            return; // short work needs no line
        }
        last = now;
        double seconds = (now - start) / 1e9;
        long left = done <= before ? 0 : Math.round(seconds * (total - done) / (done - before));
        String text =
                "%s %d/%d %s%s left".formatted(what, done, total, detail.isEmpty() ? "" : detail + ", ", time(left));
        if (interactive) {
            int filled = (int) (total == 0 ? BAR : BAR * done / total);
            out.print("\r[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + text + "\u001b[K");
            out.flush();
            drawn = true;
        } else {
            out.println("mgn: " + text);
        }
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
