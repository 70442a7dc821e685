package io.github.mgn4j.data;

import io.github.mgn4j.internal.io.FileNames;
import java.nio.file.Path;

/**
 * An image that could not be read.
 *
 * @param path its file
 * @param reason what the decoder or the file system said, naming the file
 */
public record UnreadableImage(Path path, String reason) {
    static UnreadableImage of(ReidImage image, Exception cause) {
        Path path = image.path();
        String message = String.valueOf(cause.getMessage()).replaceAll("\\s*\\R\\s*", "; ");
        // The file system's exceptions have nothing but the name for a message where they say all by their class.
        String reason = message.equals(path.toString())
                ? FileNames.text(path) + ": " + cause.getClass().getSimpleName().replace("Exception", "")
                : message;
        return new UnreadableImage(path, reason);
    }
}
