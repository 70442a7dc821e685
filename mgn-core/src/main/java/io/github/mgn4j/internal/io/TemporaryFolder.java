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
 * A temporary folder in the system's temporary directory. It is locked, so that later processes can recognise and remove a
 * folder that a killed process left behind.
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
     * Creates a folder.
     *
     * @throws IOException if it cannot be created; the message names the system's directory
     */
    public static TemporaryFolder create() throws IOException {
        Path root = Path.of(Objects.requireNonNullElse(System.getProperty("java.io.tmpdir"), "."));
        try {
            Path created = Files.createTempDirectory(root, "mgn-"); // readable by its user alone
            Path path = Files.move(created, created.resolveSibling(created.getFileName() + ".tmp.d"));
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

    /** Removes abandoned folders of this user; those of other users may change concurrently. */
    private static void clean(Path root, UserPrincipal user) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, NAMES)) {
            for (Path folder : folders) {
                if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user)) {
                    removeUnlocked(folder);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The next process tries again.
        }
    }

    private static void removeUnlocked(Path folder) {
        try (TemporaryFolder leftover = new TemporaryFolder(folder, FolderLock.acquire(folder))) {
            leftover.lock.checkHeld();
        } catch (IOException e) {
            // It is in use.
        }
    }

    /** Returns the path of the folder. */
    public Path path() {
        return path;
    }

    /** Removes the folder and its content. */
    @Override
    public void close() throws IOException {
        try (lock) {
            MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }
}
