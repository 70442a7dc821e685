package io.github.mgn4j.cudnn;

import io.github.mgn4j.internal.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that save work in the next process: compiled kernels and measured choices. They lie in {@code ~/.cache/mgn4j} (or
 * {@code $XDG_CACHE_HOME/mgn4j}), or where the system property {@value #PROPERTY} says; its value {@code none} keeps nothing. What
 * cannot be read or written is done without.
 */
final class DiskCache {
    static final String PROPERTY = "mgn.cudnn.cache";

    private static final Logger LOG = LoggerFactory.getLogger(DiskCache.class);

    private final @Nullable Path folder;

    DiskCache(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Returns the cache that the property and the environment name. */
    static DiskCache standard() {
        String property = System.getProperty(PROPERTY);
        if (property != null) {
            return new DiskCache(property.equals("none") ? null : Path.of(property));
        }
        String base = System.getenv("XDG_CACHE_HOME");
        Path cache =
                base == null || base.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return new DiskCache(cache.resolve("mgn4j"));
    }

    byte @Nullable [] read(String name) {
        if (folder == null) {
            return null;
        }
        Path file = folder.resolve(name);
        try {
            return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
        } catch (IOException e) {
            LOG.debug("the cached file {} cannot be read", file, e);
            return null;
        }
    }

    void write(String name, byte[] content) {
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(folder);
            AtomicFile.write(folder.resolve(name), out -> out.write(content));
        } catch (IOException e) {
            LOG.debug("{} cannot be cached in {}", name, folder, e);
        }
    }
}
