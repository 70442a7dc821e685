package io.github.mgn4j.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "gallery",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Keep a searchable gallery of features in a folder.",
        subcommands = {
            GalleryAddCommand.class,
            GallerySearchCommand.class,
            GalleryRemoveCommand.class,
            GalleryStatsCommand.class,
            GalleryExportCommand.class,
            GalleryCompactCommand.class,
            GalleryIndexCommand.class
        })
final class GalleryCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "a command is expected");
    }
}
