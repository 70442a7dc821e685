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
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * A model file as executors find it.
 *
 * @param path its path as the user wrote it
 * @param content its bytes, of which Spark brings one copy to each executor; null if executors read {@code path} themselves
 * @param sha256 its checksum
 */
record ModelReference(String path, @Nullable Broadcast<byte[]> content, String sha256) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The bytes that the driver's application has handed to Spark, by application and checksum. */
    private static final Map<String, Broadcast<byte[]>> HANDED = new ConcurrentHashMap<>();

    /** The files that this JVM has written, by checksum. */
    private static final Map<String, Path> WRITTEN = new ConcurrentHashMap<>();

    /**
     * Checks the file on the driver and hands it to Spark.
     *
     * @throws IllegalArgumentException if the file cannot be read or is not the one with this checksum, or is too large for Spark
     */
    static ModelReference of(String path, String sha256, boolean shared, SparkContext spark) {
        Path file = Path.of(path);
        checkSum(file, path, sha256);
        if (shared || spark.isLocal()) {
            return new ModelReference(path, null, sha256);
        }
        String application = spark.applicationId() + " ";
        HANDED.keySet().removeIf(key -> !key.startsWith(application));
        Broadcast<byte[]> content =
                HANDED.computeIfAbsent(application + sha256, key -> new JavaSparkContext(spark).broadcast(bytes(file)));
        return new ModelReference(path, content, sha256);
    }

    private static byte[] bytes(Path model) {
        try {
            return Files.readAllBytes(model);
        } catch (IOException e) {
            throw new IllegalArgumentException("model %s cannot be read: %s".formatted(model, e), e);
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    "model %s does not fit into the driver's memory: raise spark.driver.memory, or put the file where every executor can read it and call setSharedModel(true)"
                            .formatted(model),
                    e);
        }
    }

    /**
     * Returns the file on this executor.
     *
     * @throws IllegalArgumentException if it cannot be read or is not the one that the driver checked
     */
    Path local() {
        if (content == null) {
            checkSum(Path.of(path), path, sha256);
            return Path.of(path);
        }
        return WRITTEN.computeIfAbsent(sha256, key -> write(content.value()));
    }

    private Path write(byte[] bytes) {
        try {
            Path file = Files.createTempFile("mgn-spark-", ".safetensors");
            file.toFile().deleteOnExit();
            Files.write(file, bytes);
            checkSum(file, path, sha256);
            return file;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "model %s could not be written to the executor's temporary folder: %s".formatted(path, e), e);
        }
    }

    /** Compares the checksums alone: each task has a handle of its own on the same bytes, and shares the extractor. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ModelReference reference && sha256.equals(reference.sha256);
    }

    @Override
    public int hashCode() {
        return sha256.hashCode();
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
