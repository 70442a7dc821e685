package io.github.mgn4j.cli;

import com.sun.management.OperatingSystemMXBean;
import io.github.mgn4j.engine.DeviceException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** Entry point of the {@code mgn} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        PrintStream results = System.out;
        prepare();
        Terminal terminal = new Terminal(results, System.err);
        System.setErr(terminal.errors()); // for loggers
        System.exit(run(terminal, RawArguments.of(args)));
    }

    /** Makes the settings of the process that every command relies on. */
    static void prepare() {
        Locale.setDefault(Locale.ROOT); // numbers are read by programs, too
        // SameDiff prints while it builds gradient graphs; standard output is for results.
        System.setOut(new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        // ND4J's openblas is older than the JavaCPP of both engines, about which JavaCPP would warn on standard error.
        System.setProperty("org.bytedeco.javacpp.logger", "slf4j");
    }

    /**
     * Raises JavaCPP's limit of the process's memory, because training may need more. The default is twice the heap's
     * limit, half of the machine.
     */
    private static void allowNativeMemory() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            String property = "org.bytedeco.javacpp.maxphysicalbytes";
            String all = String.valueOf(system.getTotalMemorySize()); // of the container, if there is one
            System.setProperty(property, System.getProperty(property, all));
        }
    }

    /** Runs one command line and returns its exit code. Throws nothing. */
    static int run(Terminal terminal, String... args) {
        CommandLine command = MgnCommand.of(new Commands(terminal), List.of(args))
                .setOut(new PrintWriter(terminal.results(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.messages(), true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // a folder's name may begin with @
                .registerConverter(Path.class, Main::path)
                .setParameterExceptionHandler((e, ignored) -> terminal.refuse(Failures.sentence(e)))
                .setExecutionStrategy(parsed -> execute(parsed, terminal))
                .setExecutionExceptionHandler((e, ignored, parsed) -> terminal.fail(named(e, parsed)));
        int status;
        try {
            status = command.execute(args);
        } catch (Throwable e) { // picocli passes errors on: out of memory, a missing native library
            status = terminal.fail(e);
        }
        boolean written = !terminal.results().checkError();
        return written || (status != 0 && status != VerifyCommand.DIFFERENT)
                ? status
                : terminal.failed("standard output cannot be written");
    }

    private static int execute(ParseResult parsed, Terminal terminal) {
        if (parsed.commandSpec().commandLine().getCommand() instanceof MgnCommand command) {
            command.speak(terminal);
        }
        ParseResult last = last(parsed);
        boolean help = last.isUsageHelpRequested() || last.isVersionHelpRequested();
        if (!help && !(last.commandSpec().userObject() instanceof WithoutEngine)) {
            allowNativeMemory(); // the search for the system's bean takes as long as a small command
        }
        int status = new CommandLine.RunLast().execute(parsed);
        if (status == 0 || status == VerifyCommand.DIFFERENT) {
            terminal.sayReplaced();
        }
        return status;
    }

    /** Returns the exception with the name of the option in its message, if it is about an option's value. */
    private static Exception named(Exception e, @Nullable ParseResult parsed) {
        ParseResult last = parsed == null ? null : last(parsed);
        return last != null
                        && e instanceof IllegalArgumentException
                        && !(e instanceof DeviceException)
                        && e.getMessage() != null
                ? new IllegalArgumentException(OptionNames.in(e.getMessage(), last), e)
                : e;
    }

    private static ParseResult last(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        return last;
    }

    private static Path path(String text) {
        if (text.isBlank()) {
            throw new TypeConversionException("a path is expected, found nothing");
        }
        try {
            return RawArguments.path(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(Failures.sentence(e));
        }
    }
}
