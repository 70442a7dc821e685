package io.github.mgn4j.spark;

import io.github.mgn4j.image.ImageDecoder;
import io.github.mgn4j.image.RgbImage;
import io.github.mgn4j.internal.io.Messages;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Decodes the images of rows: bytes, or paths of any file system that Hadoop knows. */
final class Images {
    private final Configuration hadoop = SparkHadoopUtil.get().conf();

    /**
     * Decodes an image.
     *
     * @param value a {@code byte[]} or a path
     * @param name the image's name in messages
     * @throws IOException if the image cannot be read
     * @throws IllegalArgumentException if it is not an image, or the path is none
     */
    RgbImage decode(Object value, String name) throws IOException {
        if (value instanceof byte[] bytes) {
            return ImageDecoder.decode(new ByteArrayInputStream(bytes), name);
        }
        Path path = new Path((String) value);
        try (InputStream stream = path.getFileSystem(hadoop).open(path)) {
            return ImageDecoder.decode(stream, name);
        }
    }

    /** Returns the reason why an image cannot be read, as one line that names the image. */
    static String reason(String name, Exception e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return Messages.oneLine(message.contains(name) ? message : name + ": " + message);
    }
}
