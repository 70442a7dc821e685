package io.github.mgn4j.gallery;

import io.github.mgn4j.internal.io.FileNames;
import io.github.mgn4j.internal.io.Messages;
import java.util.Locale;

/**
 * Thrown when an entry, a search or a file of a gallery is not valid. The message names the object, the expected and the actual
 * content.
 */
public final class GalleryException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the user. */
    public GalleryException(String message) {
        super(Messages.oneLine(message));
    }

    static void check(boolean valid, String message, Object... args) {
        if (!valid) {
            throw of(message, args);
        }
    }

    static GalleryException of(String message, Object... args) {
        return new GalleryException(String.format(Locale.ROOT, message, FileNames.texts(args)));
    }
}
