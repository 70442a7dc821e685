package io.github.mgn4j.data;

import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.Messages;
import java.util.Locale;

/**
 * Thrown when a data set or a request about it is not valid. The message names the file or value and gives the reason.
 */
public final class DatasetException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the user. */
    public DatasetException(String message) {
        super(Messages.oneLine(message));
    }

    /** Creates an exception with a message for the user and its cause. */
    public DatasetException(String message, Throwable cause) {
        super(Messages.oneLine(message), cause);
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new DatasetException(String.format(Locale.ROOT, message, FileNames.texts(args)));
        }
    }

    static void checkProbability(double probability) {
        check(probability >= 0 && probability <= 1, "a probability must lie within 0 and 1, not %s", probability);
    }
}
