package io.github.mgn4j.internal.io;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;

/**
 * A folder for temporary files, in the system's. It is locked, so that the next one can tell it from what a killed process left
 * behind, and remove that.
 */
public final class TemporaryFolder implements AutoCloseable {
    private static final String NAMES = "mgn-*.tmp.d";

    private final Path path;
    private final FolderLock lock;

    private TemporaryFolder(Path path, FolderLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes a folder.
     *
     * @throws IOException if it cannot be made, naming the system's folder
     */
    public static TemporaryFolder create() throws IOException {
        Path root = Path.of(Objects.requireNonNullElse(System.getProperty("java.io.tmpdir"), "."));
        try {
            Path made = Files.createTempDirectory(root, "mgn-"); // with permissions for its user alone
            Path path = Files.move(made, made.resolveSibling(made.getFileName() + ".tmp.d"));
            FolderLock lock;
            try {
                lock = FolderLock.acquire(path);
            } catch (IOException e) {
                Files.deleteIfExists(path);
                throw e;
            }
            clean(root, Files.getOwner(path));
            return new TemporaryFolder(path, lock);
        } catch (IOException e) {
            throw Aside.named(root, e);
        }
    }

    /** Those of other users are not looked at: they may change under our hands. */
    private static void clean(Path root, UserPrincipal user) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(root, NAMES)) {
            for (Path folder : found) {
                if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user)) {
                    removeUnlocked(folder);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The next one tries again.
        }
    }

    private static void removeUnlocked(Path folder) {
        try (TemporaryFolder leftover = new TemporaryFolder(folder, FolderLock.acquire(folder))) {
            leftover.lock.checkHeld();
        } catch (IOException e) {
            // It is in use.
        }
    }

    public Path path() {
        return path;
    }

    /** Removes the folder and what is in it. */
    @Override
    public void close() throws IOException {
        try (lock) {
            MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }
}
