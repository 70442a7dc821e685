package io.github.mgn4j.loss;

import java.util.Locale;

/** A loss or objective was described that cannot be built; the message says what was expected and what was found. */
public final class LossException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public LossException(String message) {
        super(message);
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new LossException(String.format(Locale.ROOT, message, args));
        }
    }
}
