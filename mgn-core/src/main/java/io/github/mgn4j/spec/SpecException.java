package io.github.mgn4j.spec;

import io.github.mgn4j.internal.io.Messages;
import java.util.Locale;

/**
 * Thrown when a spec describes a network that cannot be built. The message names the part, the expected and the actual
 * value.
 */
public final class SpecException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the user. */
    public SpecException(String message) {
        super(Messages.oneLine(message));
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new SpecException(String.format(Locale.ROOT, message, args));
        }
    }
}
