package io.github.mgn4j.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;

/**
 * The output of a command: results on standard output, everything else on standard error, all through {@link
 * Printable}. Thread-safe.
 */
final class Terminal {
    private static final String PREFIX = "mgn: ";

    private final PrintStream results;
    private final PrintStream messages;
    /** Width of the terminal in columns, from the launcher; null if standard error is not a terminal. */
    private final @Nullable Integer columns;

    private final List<Path> replaced = new ArrayList<>();
    private @Nullable Progress bar;
    private boolean quiet;

    Terminal(PrintStream results, PrintStream messages) {
        this(results, messages, Integer.getInteger("mgn.terminal"));
    }

    Terminal(PrintStream results, PrintStream messages, @Nullable Integer columns) {
        this.results = results;
        this.messages = messages;
        this.columns = columns;
    }

    /** Returns a terminal without output, for work within other work. */
    static Terminal silent() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Terminal(nowhere, nowhere);
    }

    PrintStream results() {
        return results;
    }

    PrintStream messages() {
        return messages;
    }

    /** Suppresses everything but results and errors. */
    void quiet() {
        quiet = true;
    }

    /** Prints lines of the result. */
    void println(String lines) {
        results.println(Printable.lines(lines));
    }

    /** Prints a line that is not part of the result. */
    void say(String line) {
        if (!quiet) {
            message(PREFIX + line);
        }
    }

    /** Records that an existing file or folder is being replaced. {@link #sayReplaced} reports it if all goes well. */
    void replaces(Path output) {
        replaced.add(output);
    }

    void sayReplaced() {
        if (!replaced.isEmpty()) {
            say("replaced what was there: "
                    + String.join(", ", replaced.stream().map(Path::toString).toList()));
        }
    }

    /** Prints a line, above the bar if there is one. */
    private void message(String line) {
        print(Printable.line(RawArguments.shown(line)));
    }

    private synchronized void print(String line) {
        if (bar != null) {
            bar.clear();
        }
        messages.println(line);
    }

    /** Returns a stream for output of others on standard error, such as loggers: line by line, above the bar. */
    PrintStream errors() {
        return new PrintStream(new Lines(), true, StandardCharsets.UTF_8);
    }

    private final class Lines extends OutputStream {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            if (b == '\n') {
                print(Printable.lines(line.toString(StandardCharsets.UTF_8)).stripTrailing()); // keeps tabs
                line.reset();
            } else {
                line.write(b);
            }
        }
    }

    /** Returns a progress: a bar that rewrites itself on a terminal, occasional lines elsewhere. */
    synchronized Progress progress(String what) {
        Progress created = new Progress(quiet ? null : messages, columns, what, this);
        bar = created;
        return created;
    }

    /** Releases the bar's line. */
    synchronized void ended(Progress progress) {
        if (bar == progress) {
            bar = null;
        }
    }

    /** Prints the caller's mistake in one line and returns its exit code. */
    int refuse(String sentence) {
        message(PREFIX + sentence);
        return ExitCode.USAGE;
    }

    /** Ends a command that threw: the caller's mistakes in one line, anything else as an unexpected failure. */
    int fail(Throwable e) {
        if (Boolean.getBoolean("mgn.debug")) {
            e.printStackTrace(errors());
        }
        if (Failures.isCallersMistake(e)) {
            return refuse(Failures.sentence(e));
        }
        return failed(Failures.unexpected(e) + " (MGN_JAVA_OPTS=-Dmgn.debug=true shows where)");
    }

    /** Prints a failure that is not the caller's mistake in one line and returns its exit code. */
    int failed(String sentence) {
        message(PREFIX + sentence);
        return ExitCode.SOFTWARE;
    }
}
