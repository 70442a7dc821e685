package io.github.mgn4j.cli;

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
        footer = {"", "Exit codes: 0 success, 2 invalid arguments or files, 1 any other failure."},
        subcommands = {
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
            CommandLine.HelpCommand.class
        })
final class MgnCommand implements Runnable {
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
