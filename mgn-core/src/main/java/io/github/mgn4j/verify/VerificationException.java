package io.github.mgn4j.verify;

import io.github.mgn4j.internal.io.Messages;
import java.util.Locale;

/** There is no threshold for a verdict, or those of a file are damaged; the message says what is wanted and what there is. */
public final class VerificationException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public VerificationException(String message) {
        super(Messages.oneLine(message));
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new VerificationException(String.format(Locale.ROOT, message, args));
        }
    }
}
