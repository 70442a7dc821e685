package io.github.mgn4j.cli;

import io.github.mgn4j.internal.io.AtomicFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of every command with output files. */
final class OutputOptions {
    private final Terminal terminal;

    @Option(
            names = "--force",
            description =
                    "Overwrite existing output files. A symbolic link is kept and its target overwritten. Devices and"
                            + " pipes are written to without this option.")
    private boolean force;

    OutputOptions(Terminal terminal) {
        this.terminal = terminal;
    }

    boolean force() {
        return force;
    }

    /** Checks, before any work, that files may be written. */
    void check(@Nullable Path... files) throws IOException {
        for (Path file : files) {
            if (file == null) {
                continue;
            }
            Path target = AtomicFile.target(file);
            if (AtomicFile.isStream(file)) {
                if (!Files.isWritable(file)) {
                    throw new FileSystemException(file.toString(), null, "cannot be written: permission denied");
                }
                continue;
            }
            if (Files.exists(target)) {
                if (!force) {
                    throw new FileAlreadyExistsException(
                            file.toString(), null, "exists already; --force overwrites it");
                }
                terminal.replaces(file);
            }
            writable(file, target.getParent());
        }
    }

    /** Checks, before any work, that files may be written into a folder, which need not exist. */
    static void checkFolder(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new FileAlreadyExistsException(folder.toString(), null, "is a file, expected a folder to write to");
        }
        writable(folder, folder.toAbsolutePath());
    }

    private static void writable(Path output, @Nullable Path nearest) throws IOException {
        Path folder = nearest;
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new FileSystemException(
                    output.toString(),
                    null,
                    "cannot be written: " + folder + " is not a folder that can be written to");
        }
    }
}
