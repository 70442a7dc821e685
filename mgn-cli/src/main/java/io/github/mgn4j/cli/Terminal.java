package io.github.mgn4j.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;

/** Where a command speaks: results on standard output, everything else on standard error. */
final class Terminal {
    private static final String PREFIX = "mgn: ";

    private final PrintStream results;
    private final PrintStream messages;
    /** Width of the terminal in columns; null when standard error is none. The launcher knows. */
    private final @Nullable Integer columns = Integer.getInteger("mgn.terminal");

    Terminal(PrintStream results, PrintStream messages) {
        this.results = results;
        this.messages = messages;
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

    /** A line of the result. */
    void println(String line) {
        results.println(line);
    }

    /** A line that is not part of the result. */
    void say(String line) {
        messages.println(RawArguments.shown(PREFIX + line));
    }

    /** A bar that rewrites itself on a terminal, and a line now and then elsewhere. */
    Progress progress(String what) {
        return new Progress(messages, columns, what);
    }

    /** The caller's mistake, in one line. */
    int refuse(String sentence) {
        messages.println(RawArguments.shown(PREFIX + sentence));
        return ExitCode.USAGE;
    }

    /** Ends a command that threw: the caller's mistakes in one line, anything else as what it is. */
    int fail(Throwable e) {
        if (Boolean.getBoolean("mgn.debug")) {
            e.printStackTrace(messages);
        }
        if (Failures.isCallersMistake(e)) {
            return refuse(Failures.sentence(e));
        }
        say(Failures.unexpected(e) + " (MGN_JAVA_OPTS=-Dmgn.debug=true shows where)");
        return ExitCode.SOFTWARE;
    }
}
