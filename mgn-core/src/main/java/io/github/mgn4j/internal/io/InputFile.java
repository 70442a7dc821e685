package io.github.mgn4j.internal.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Explains why a path is not a file that can be read from beginning to end, before a read blocks on a pipe.
 */
public final class InputFile {
    private InputFile() {}

    /**
     * Returns the reason that prevents reading a file, as a clause that follows its name. Empty if there is none, and for a
     * missing file: opening it throws the file system's own exception.
     */
    public static Optional<String> obstacle(Path file) {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (AccessDeniedException e) {
            return Optional.of("permission denied");
        } catch (FileSystemException e) {
            return Optional.of(
                    Files.isSymbolicLink(file)
                            ? "symbolic links that lead in a circle"
                            : String.valueOf(e.getReason()));
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        if (attributes.isDirectory()) {
            return Optional.of("is a folder");
        }
        return attributes.isRegularFile() ? Optional.empty() : Optional.of("is a pipe or a device");
    }
}
