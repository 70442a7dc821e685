package io.github.mgn4j.model;

import io.github.mgn4j.internal.io.Messages;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A file of weights or its contents are not what they should be; the message names the file or tensor and says why. */
public final class WeightsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private static final int MAX_LENGTH = 2000;

    public WeightsException(String message) {
        super(oneLine(message));
    }

    public WeightsException(String message, @Nullable Throwable cause) {
        super(oneLine(message), cause);
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new WeightsException(String.format(Locale.ROOT, message, args));
        }
    }

    /** Names come out of files that anyone may have made: no line breaks or terminal commands, no endless text. */
    private static String oneLine(String message) {
        String clean = Messages.oneLine(message);
        return clean.length() <= MAX_LENGTH ? clean : clean.substring(0, MAX_LENGTH) + "...";
    }
}
