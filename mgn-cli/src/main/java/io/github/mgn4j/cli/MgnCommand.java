package io.github.mgn4j.cli;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a sub-command. */
@Command(
        name = "mgn",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Person re-identification with Multiple Granularity Networks.",
        footer = {"", "Exit codes: 0 success, 2 invalid arguments or files, 1 any other failure."})
final class MgnCommand implements Runnable {
    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            SynthCommand.class,
            DataCommand.class,
            ImportCommand.class,
            InfoCommand.class,
            CalibrateCommand.class,
            CalibrateCommand.Quantize.class,
            ExtractCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            StudyCommand.class,
            VerifyCommand.class,
            GalleryCommand.class,
            SearchCommand.class,
            BenchCommand.class,
            ExportCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Print only results and errors.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Print more details.")
    private boolean verbose;

    /**
     * Returns the command for one command line. Picocli reads all annotations of a command when it is added, so that only
     * those which the command line names are added whole, the others by name and description.
     */
    static CommandLine of(CommandLine.IFactory factory, List<String> args) {
        CommandLine command = new CommandLine(new MgnCommand(), factory);
        boolean all = args.contains(CompletionCommand.NAME);
        for (Class<?> type : COMMANDS) {
            Command annotation = Objects.requireNonNull(type.getAnnotation(Command.class));
            boolean whole = all || args.contains(annotation.name());
            command.addSubcommand(annotation.name(), whole ? type : outline(annotation));
        }
        return command;
    }

    private static CommandSpec outline(Command annotation) {
        CommandSpec outline = CommandSpec.create();
        outline.usageMessage()
                .header(annotation.header())
                .description(annotation.description())
                .hidden(annotation.hidden());
        return outline;
    }

    /** Sets the verbosity, before any work. */
    void speak(Terminal terminal) {
        if (quiet) {
            terminal.quiet();
        }
        if (quiet || verbose) {
            System.setProperty("org.slf4j.simpleLogger.log.io.github.mgn4j", quiet ? "error" : "info");
        }
    }

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "a command is expected");
    }
}
