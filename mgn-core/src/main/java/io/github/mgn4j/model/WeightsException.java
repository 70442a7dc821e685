package io.github.mgn4j.model;

import io.github.mgn4j.internal.io.Messages;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a weight file or its content is not valid. The message names the file or tensor and gives the reason.
 */
public final class WeightsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private static final int MAX_LENGTH = 2000;

    /** Creates an exception; control characters in the message are escaped. */
    public WeightsException(String message) {
        super(oneLine(message));
    }

    /** Creates an exception with a cause; control characters in the message are escaped. */
    public WeightsException(String message, @Nullable Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Throws this exception with a formatted message unless a condition holds. */
    public static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new WeightsException(String.format(Locale.ROOT, message, args));
        }
    }

    /**
     * Escapes names that come from untrusted files: removes line breaks and terminal commands and limits the length.
     */
    private static String oneLine(String message) {
        String clean = Messages.oneLine(message);
        return clean.length() <= MAX_LENGTH ? clean : clean.substring(0, MAX_LENGTH) + "...";
    }
}
