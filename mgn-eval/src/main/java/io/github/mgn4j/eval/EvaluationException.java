package io.github.mgn4j.eval;

import java.util.Locale;

/**
 * Thrown for features, labels or settings that cannot be evaluated. The message names the expected and the actual
 * value.
 */
public final class EvaluationException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public EvaluationException(String message) {
        super(message);
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new EvaluationException(String.format(Locale.ROOT, message, args));
        }
    }
}
