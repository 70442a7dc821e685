package io.github.mgn4j.spark;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkFiles;

/**
 * A model file as executors find it.
 *
 * @param path its path as the user wrote it
 * @param distributed the name under which Spark brings the file to the executors; empty if they read {@code path} themselves
 * @param sha256 its checksum
 */
record ModelReference(String path, String distributed, String sha256) implements Serializable {
    private static final long serialVersionUID = 1L;
    /** The names of files that an application distributes already, by application and checksum. */
    private static final Map<String, String> DISTRIBUTED = new ConcurrentHashMap<>();

    /**
     * Checks the file on the driver and hands it to Spark.
     *
     * @throws IllegalArgumentException if the file cannot be read or is not the one with this checksum
     */
    static ModelReference of(String path, String sha256, boolean shared, SparkContext spark) {
        checkSum(Path.of(path), path, sha256);
        if (shared || spark.isLocal()) {
            return new ModelReference(path, "", sha256);
        }
        String name = DISTRIBUTED.computeIfAbsent(spark.applicationId() + " " + sha256, key -> {
            Path copy = copy(Path.of(path), sha256);
            spark.addFile(copy.toString());
            return copy.getFileName().toString();
        });
        return new ModelReference(path, name, sha256);
    }

    /** Returns a link or a copy with a name of its own, since Spark tells distributed files apart by name alone. */
    private static Path copy(Path model, String sha256) {
        try {
            Path folder = Files.createTempDirectory("mgn-spark-");
            Path copy = folder.resolve(sha256 + ".safetensors");
            try {
                Files.createLink(copy, model);
            } catch (IOException | UnsupportedOperationException e) {
                Files.copy(model, copy);
            }
            folder.toFile().deleteOnExit();
            copy.toFile().deleteOnExit(); // in reverse order
            return copy;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "model " + model + " could not be copied into the temporary folder: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the file on this executor.
     *
     * @throws IllegalArgumentException if it cannot be read or is not the one that the driver checked
     */
    Path local() {
        Path file = Path.of(distributed.isEmpty() ? path : SparkFiles.get(distributed));
        checkSum(file, path, sha256);
        return file;
    }

    /**
     * Returns the checksum of a file, 64 hexadecimal digits.
     *
     * @throws IllegalArgumentException if the file cannot be read
     */
    static String sha256(Path file) {
        try {
            return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
        } catch (IOException e) {
            throw new IllegalArgumentException("model %s cannot be read: %s".formatted(file, e), e);
        }
    }

    private static void checkSum(Path file, String name, String sha256) {
        String found = sha256(file);
        if (!found.equals(sha256)) {
            throw new IllegalArgumentException(
                    "model %s has SHA-256 %s, expected %s: the file was changed after setModel; restore it, or call setModel to use the new one"
                            .formatted(name, found, sha256));
        }
    }
}
