package io.github.mgn4j.features;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A feature file is not what it should be; the message names the file, what was expected and what was found. */
public final class FeatureException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public FeatureException(String message) {
        super(message);
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new FeatureException(String.format(Locale.ROOT, message, args));
        }
    }

    /** Refuses what cannot be read from its beginning to its end: folders, pipes, devices. What is missing passes. */
    static void checkFile(Path file, String expected) {
        check(!Files.isDirectory(file), "%s: is a folder, expected %s", file, expected);
        check(
                !Files.exists(file) || Files.isRegularFile(file),
                "%s: is a pipe or a device, expected %s",
                file,
                expected);
    }
}
