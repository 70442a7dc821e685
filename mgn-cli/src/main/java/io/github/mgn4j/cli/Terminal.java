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
 * Where a command speaks: results on standard output, everything else on standard error. All goes through {@link Printable}.
 * Thread-safe.
 */
final class Terminal {
    private static final String PREFIX = "mgn: ";

    private final PrintStream results;
    private final PrintStream messages;
    /** Width of the terminal in columns; null when standard error is none. The launcher knows. */
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

    /** One that nobody sees, for work within other work. */
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

    /** From now on, errors are all that is said beside the results. */
    void quiet() {
        quiet = true;
    }

    /** Lines of the result. */
    void println(String lines) {
        results.println(Printable.lines(lines));
    }

    /** A line that is not part of the result. */
    void say(String line) {
        if (!quiet) {
            message(PREFIX + line);
        }
    }

    /** Remembers that a file or folder that exists is being replaced; {@link #sayReplaced} says so if all goes well. */
    void replaces(Path output) {
        replaced.add(output);
    }

    void sayReplaced() {
        if (!replaced.isEmpty()) {
            say("replaced what was there: "
                    + String.join(", ", replaced.stream().map(Path::toString).toList()));
        }
    }

    /** A line, above the bar if there is one. */
    private void message(String line) {
        print(Printable.line(RawArguments.shown(line)));
    }

    private synchronized void print(String line) {
        if (bar != null) {
            bar.clear();
        }
        messages.println(line);
    }

    /** A stream for what others write to standard error, loggers for example: line by line, above the bar. */
    PrintStream errors() {
        return new PrintStream(new Lines(), true, StandardCharsets.UTF_8);
    }

    private final class Lines extends OutputStream {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            if (b == '\n') {
                print(Printable.lines(line.toString(StandardCharsets.UTF_8)).stripTrailing()); // tabs stay
                line.reset();
            } else {
                line.write(b);
            }
        }
    }

    /** A bar that rewrites itself on a terminal, and a line now and then elsewhere. */
    synchronized Progress progress(String what) {
        Progress made = new Progress(quiet ? null : messages, columns, what, this);
        bar = made;
        return made;
    }

    /** The bar's line is given up. */
    synchronized void ended(Progress progress) {
        if (bar == progress) {
            bar = null;
        }
    }

    /** The caller's mistake, in one line. */
    int refuse(String sentence) {
        message(PREFIX + sentence);
        return ExitCode.USAGE;
    }

    /** Ends a command that threw: the caller's mistakes in one line, anything else as what it is. */
    int fail(Throwable e) {
        if (Boolean.getBoolean("mgn.debug")) {
            e.printStackTrace(errors());
        }
        if (Failures.isCallersMistake(e)) {
            return refuse(Failures.sentence(e));
        }
        return failed(Failures.unexpected(e) + " (MGN_JAVA_OPTS=-Dmgn.debug=true shows where)");
    }

    /** Nobody's mistake, in one line. */
    int failed(String sentence) {
        message(PREFIX + sentence);
        return ExitCode.SOFTWARE;
    }
}
