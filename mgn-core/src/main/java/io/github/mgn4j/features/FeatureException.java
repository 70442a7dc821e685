package io.github.mgn4j.features;

import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.InputFile;
import io.github.mgn4j.internal.io.Messages;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Thrown when a feature file is not valid. The message names the file, the expected and the actual content.
 */
public final class FeatureException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the user. */
    public FeatureException(String message) {
        super(Messages.oneLine(message));
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new FeatureException(String.format(Locale.ROOT, message, FileNames.texts(args)));
        }
    }

    /** Rejects a path that is not a file readable from beginning to end, such as a folder or a pipe. */
    static void checkFile(Path file, String expected) {
        String obstacle = InputFile.obstacle(file).orElse("");
        check(obstacle.isEmpty(), "%s: %s, expected %s", file, obstacle, expected);
    }
}
