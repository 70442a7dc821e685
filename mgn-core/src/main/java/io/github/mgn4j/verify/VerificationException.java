package io.github.mgn4j.verify;

import io.github.mgn4j.internal.io.Messages;
import java.util.Locale;

/**
 * Thrown when there is no threshold for a verdict, or a file's thresholds are damaged. The message says what was expected
 * and what there is.
 */
public final class VerificationException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the user. */
    public VerificationException(String message) {
        super(Messages.oneLine(message));
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new VerificationException(String.format(Locale.ROOT, message, args));
        }
    }
}
