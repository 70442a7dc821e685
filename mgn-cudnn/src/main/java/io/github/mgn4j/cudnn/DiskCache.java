package io.github.mgn4j.cudnn;

import io.github.mgn4j.internal.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that save work in later processes: compiled kernels and measured choices. The folder is {@code ~/.cache/mgn4j}
 * (or {@code $XDG_CACHE_HOME/mgn4j}), or the value of the system property {@value #PROPERTY}; the value {@code none}
 * disables the cache. Files that cannot be read or written are ignored.
 */
final class DiskCache {
    static final String PROPERTY = "mgn.cudnn.cache";

    private static final Logger LOG = LoggerFactory.getLogger(DiskCache.class);

    private final @Nullable Path folder;

    DiskCache(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Returns the cache in the folder of the property or the environment. */
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
