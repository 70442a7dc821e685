package io.github.mgn4j.data;

import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.FileNames;
import java.nio.file.Path;

/**
 * An image that could not be read.
 *
 * @param path the file
 * @param reason the message of the decoder or the file system, naming the file
 */
public record UnreadableImage(Path path, String reason) {
    static UnreadableImage of(ReidImage image, Exception cause) {
        Path path = image.path();
        String message = String.valueOf(cause.getMessage()).replaceAll("\\s*\\R\\s*", "; ");
        // Some of the file system's exceptions say everything by their class and have only the file name as message.
        String reason = message.equals(path.toString())
                ? FileNames.text(path) + ": " + cause.getClass().getSimpleName().replace("Exception", "")
                : message;
        return new UnreadableImage(path, reason);
    }
}
