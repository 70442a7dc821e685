package io.github.mgn4j.image;

import org.jspecify.annotations.Nullable;

/** An image that cannot be used; the message names the file, what was expected and what was found. */
public final class ImageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ImageException(String message) {
        super(message);
    }

    public ImageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
