package io.github.mgn4j.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that every command with output files has. */
final class OutputOptions {
    @Option(names = "--force", description = "Overwrite output files that exist.")
    private boolean force;

    boolean force() {
        return force;
    }

    /** Makes sure before any work that a file may be written. */
    void check(@Nullable Path... files) throws IOException {
        for (Path file : files) {
            if (file == null) {
                continue;
            }
            if (Files.isDirectory(file)) {
                throw new FileAlreadyExistsException(file.toString(), null, "is a folder, expected a file to write");
            }
            if (!force && Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString(), null, "exists already; --force overwrites it");
            }
            writableFolder(file);
        }
    }

    /** Makes sure before any work that files may be written into a folder, which need not exist. */
    static void checkFolder(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new FileAlreadyExistsException(folder.toString(), null, "is a file, expected a folder to write to");
        }
        writableFolder(folder.resolve("file"));
    }

    private static void writableFolder(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new FileSystemException(
                    file.toString(), null, "cannot be written: " + folder + " is not a folder that can be written to");
        }
    }
}
