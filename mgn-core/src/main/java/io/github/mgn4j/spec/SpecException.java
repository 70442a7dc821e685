package io.github.mgn4j.spec;

import io.github.mgn4j.internal.io.Messages;
import java.util.Locale;

/** A network was described that cannot be built; the message says which part, what was expected and what was found. */
public final class SpecException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public SpecException(String message) {
        super(Messages.oneLine(message));
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new SpecException(String.format(Locale.ROOT, message, args));
        }
    }
}
