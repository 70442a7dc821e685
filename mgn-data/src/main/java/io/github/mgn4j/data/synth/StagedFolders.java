package io.github.mgn4j.data.synth;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.github.mgn4j.internal.io.FolderLock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that is filled beside its target, in {@code .synth-ID.part}. It is locked, so that other processes can
 * distinguish it from one that a killed process left behind.
 */
final class StagedFolders implements AutoCloseable {
    static final String PREFIX = ".synth-";
    private static final String SUFFIX = ".part";

    private final Path root;
    private final FolderLock lock;

    private StagedFolders(Path root, FolderLock lock) {
        this.root = root;
        this.lock = lock;
    }

    static StagedFolders create(Path above) throws IOException {
        Path root = Files.createDirectory(above.resolve(PREFIX + Long.toHexString(System.nanoTime()) + SUFFIX));
        FolderLock lock;
        try {
            lock = FolderLock.acquire(root);
        } catch (IOException e) {
            Files.deleteIfExists(root);
            throw e;
        }
        return new StagedFolders(root, lock);
    }

    /** Returns whether a path is such a folder. */
    static boolean isStaged(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
    }

    /** Removes folders that killed processes left in a folder. */
    static void clean(Path above) throws IOException {
        if (!Files.isDirectory(above)) {
            return;
        }
        List<Path> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(above, StagedFolders::isStaged)) {
            folders.forEach(leftovers::add);
        }
        for (Path leftover : leftovers) {
            try (FolderLock lock = FolderLock.acquire(leftover)) {
                if (lock.isHeld()) {
                    MoreFiles.deleteRecursively(leftover, RecursiveDeleteOption.ALLOW_INSECURE);
                }
            } catch (FileSystemException e) {
                // It is being written, or belongs to another user.
            }
        }
    }

    /** Returns the folder to fill. */
    Path folder() {
        return root.resolve("new");
    }

    /**
     * Moves the folder to its target. If the target exists, its sub-folders of the same names are replaced.
     *
     * @param optional name of a sub-folder that is removed from the target even if the new folder has none, since it would
     *     describe what has been replaced
     */
    void publish(Path target, String optional) throws IOException {
        if (!Files.exists(target)) {
            Files.move(folder(), target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        List<Path> folders;
        try (Stream<Path> entries = Files.list(folder())) {
            folders = entries.toList();
        }
        // Only renames: removing the old folders takes long and happens afterwards.
        Path old = Files.createDirectory(root.resolve("old"));
        if (Files.exists(target.resolve(optional))) {
            Files.move(target.resolve(optional), old.resolve(optional), StandardCopyOption.ATOMIC_MOVE);
        }
        for (Path folder : folders) {
            Path place = target.resolve(folder.getFileName());
            if (Files.exists(place)) {
                Files.move(place, old.resolve(folder.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(folder, place, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            MoreFiles.deleteRecursively(root, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }
}
