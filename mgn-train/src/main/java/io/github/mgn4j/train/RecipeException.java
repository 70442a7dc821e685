package io.github.mgn4j.train;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a recipe cannot be read or followed. The message names the setting, the expected and the actual value.
 */
public final class RecipeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message. */
    public RecipeException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public RecipeException(String message, Throwable cause) {
        super(message, cause);
    }

    static void check(boolean valid, String message, @Nullable Object... args) {
        if (!valid) {
            throw new RecipeException(String.format(Locale.ROOT, message, args));
        }
    }
}
