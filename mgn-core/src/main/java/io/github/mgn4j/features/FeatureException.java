package io.github.mgn4j.features;

import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.InputFile;
import io.github.mgn4j.internal.io.Messages;
import java.nio.file.Path;
import java.util.Locale;

/** A feature file is not what it should be; the message names the file, what was expected and what was found. */
public final class FeatureException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public FeatureException(String message) {
        super(Messages.oneLine(message));
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new FeatureException(String.format(Locale.ROOT, message, FileNames.texts(args)));
        }
    }

    /** Refuses what is no file that can be read from its beginning to its end. */
    static void checkFile(Path file, String expected) {
        String obstacle = InputFile.obstacle(file).orElse("");
        check(obstacle.isEmpty(), "%s: %s, expected %s", file, obstacle, expected);
    }
}
