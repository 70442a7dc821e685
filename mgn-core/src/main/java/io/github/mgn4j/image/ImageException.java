package io.github.mgn4j.image;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when an image cannot be used. The message names the file, the expected and the actual content.
 */
public final class ImageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the user. */
    public ImageException(String message) {
        super(message);
    }

    /** Creates an exception with a message for the user and its cause. */
    public ImageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
