package io.github.mgn4j.weights;

import java.util.Locale;

/** A file of weights or its contents are not what they should be; the message names the file or tensor and says why. */
public final class WeightsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public WeightsException(String message) {
        super(message);
    }

    public WeightsException(String message, Throwable cause) {
        super(message, cause);
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw new WeightsException(String.format(Locale.ROOT, message, args));
        }
    }
}
