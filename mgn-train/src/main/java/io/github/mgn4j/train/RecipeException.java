package io.github.mgn4j.train;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A recipe cannot be read or followed; the message names the setting and says what was expected and what was found. */
public final class RecipeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public RecipeException(String message) {
        super(message);
    }

    public RecipeException(String message, Throwable cause) {
        super(message, cause);
    }

    static void check(boolean valid, String message, @Nullable Object... args) {
        if (!valid) {
            throw new RecipeException(String.format(Locale.ROOT, message, args));
        }
    }
}
