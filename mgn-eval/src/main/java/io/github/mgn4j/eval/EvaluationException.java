package io.github.mgn4j.eval;

import java.util.Locale;

/** Features, labels or settings that cannot be evaluated; the message says what was expected and what was found. */
public final class EvaluationException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public EvaluationException(String message) {
        super(message);
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new EvaluationException(String.format(Locale.ROOT, message, args));
        }
    }
}
