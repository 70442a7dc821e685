package io.github.mgn4j.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Entry point of the {@code mgn} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        PrintStream results = System.out;
        // SameDiff prints while it builds gradient graphs; standard output is for results.
        System.setOut(new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        int status = run(new Terminal(results, System.err), args);
        results.flush();
        System.exit(status);
    }

    /** Runs one command line and returns its exit code. */
    static int run(Terminal terminal, String... args) {
        CommandLine command = new CommandLine(new MgnCommand(), new Commands(terminal))
                .setOut(new PrintWriter(terminal.results(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.messages(), true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, ignored) -> terminal.refuse(Failures.sentence(e)))
                .setExecutionExceptionHandler((e, ignored, parsed) -> terminal.fail(e));
        return command.execute(args);
    }
}
