package io.github.mgn4j.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Shows the progress of long work: a bar that rewrites itself on a terminal, occasional lines elsewhere. */
final class Progress implements AutoCloseable {
    private static final int BAR = 20;
    private static final int SHORT_BAR = 8;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;

    private final @Nullable PrintStream out;
    private final @Nullable Integer columns;
    private final String what;
    private final Terminal terminal;
    private final long start = System.nanoTime();
    private long last = start;
    private boolean drawn;
    private long before;

    /** Creates a progress; silent if {@code out} is null. */
    Progress(@Nullable PrintStream out, @Nullable Integer columns, String what, Terminal terminal) {
        this.out = out;
        this.columns = columns;
        this.what = what;
        this.terminal = terminal;
    }

    void update(long done, long total) {
        update(done, total, List.of());
    }

    /** Sets the amount done earlier by another process, which does not count for the estimated time. */
    void startAt(long done) {
        before = done;
    }

    /**
     * Shows the progress.
     *
     * @param details follow on the line; if it is too short for all, the last are dropped first
     * @throws CancellationException if the thread is interrupted
     */
    void update(long done, long total, List<String> details) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
        long now = System.nanoTime();
        if (out == null || (now - last < (columns != null ? REDRAW_NANOS : LINE_NANOS) && done < total)) {
            return;
        }
        if (columns == null && done >= total && now - start < 2 * LINE_NANOS) {
            return; // short work needs no final line
        }
        last = now;
        List<String> parts =
                new ArrayList<>(List.of("%s %d/%d".formatted(what, done, total), time(now - start, done, total)));
        parts.addAll(details);
        synchronized (terminal) {
            if (columns == null) {
                out.println("mgn: " + String.join(", ", parts));
            } else {
                // A line that wraps could not be rewritten.
                out.print("\r" + line(parts, done, total, Math.max(1, columns - 1)) + "\u001b[K");
                out.flush();
                drawn = true;
            }
        }
    }

    private static String line(List<String> parts, long done, long total, int width) {
        for (int shown = parts.size(); shown >= 1; shown--) {
            String text = String.join(", ", parts.subList(0, shown));
            for (int bar : new int[] {BAR, SHORT_BAR}) {
                if (bar + 3 + text.length() <= width) {
                    return bar(bar, done, total) + " " + text;
                }
            }
        }
        return parts.get(0).substring(0, Math.min(width, parts.get(0).length()));
    }

    private static String bar(int length, long done, long total) {
        int filled = (int) (total == 0 ? length : length * done / total);
        return "[" + "#".repeat(filled) + ".".repeat(length - filled) + "]";
    }

    /** Returns the estimated time left, or the total time at the end. */
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

    /** Clears the bar for a message in its line. The next update draws it again. */
    void clear() {
        if (drawn && out != null) {
            out.print("\r\u001b[K");
            out.flush();
            drawn = false;
        }
    }

    /** Ends the bar's line. */
    @Override
    public void close() {
        synchronized (terminal) {
            if (drawn && out != null) {
                out.println();
                drawn = false;
            }
            terminal.ended(this);
        }
    }
}
