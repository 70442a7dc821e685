package io.github.mgn4j.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.ExitCode;

/** Where a command speaks: results on standard output, everything else on standard error. */
final class Terminal {
    private static final String PREFIX = "mgn: ";

    private final PrintStream results;
    private final PrintStream messages;
    private final boolean interactive = Boolean.getBoolean("mgn.terminal");

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
        messages.println(PREFIX + line);
    }

    /** A bar that rewrites itself on a terminal, and a line now and then elsewhere. */
    Progress progress(String what) {
        return new Progress(messages, interactive, what);
    }

    /** The caller's mistake, in one line. */
    int refuse(String sentence) {
        messages.println(PREFIX + sentence);
        return ExitCode.USAGE;
    }

    /** Ends a command that threw: the caller's mistakes in one line, anything else as what it is. */
    int fail(Exception e) {
        if (Failures.isCallersMistake(e)) {
            return refuse(Failures.sentence(e));
        }
        messages.println(PREFIX + "unexpected failure: " + e);
        if (Boolean.getBoolean("mgn.debug")) {
            e.printStackTrace(messages);
        } else {
            messages.println(PREFIX + "set MGN_JAVA_OPTS=-Dmgn.debug=true for the stack trace");
        }
        return ExitCode.SOFTWARE;
    }
}
