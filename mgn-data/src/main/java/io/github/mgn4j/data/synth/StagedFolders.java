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
 * A folder that is filled beside its place, in {@code .synth-ID.part}. That is locked, so that other processes can tell it
 * from what a killed one left behind.
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

    /** Whether a path is such a folder. */
    static boolean isStaged(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
    }

    /** Removes what processes that ended too early left in a folder. */
    static void clean(Path above) throws IOException {
        if (!Files.isDirectory(above)) {
            return;
        }
        List<Path> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(above, StagedFolders::isStaged)) {
            found.forEach(leftovers::add);
        }
        for (Path leftover : leftovers) {
            try (FolderLock lock = FolderLock.acquire(leftover)) {
                if (lock.isHeld()) {
                    MoreFiles.deleteRecursively(leftover, RecursiveDeleteOption.ALLOW_INSECURE);
                }
            } catch (FileSystemException e) {
                // It is being written, or another user's.
            }
        }
    }

    /** What is filled. */
    Path folder() {
        return root.resolve("new");
    }

    /** Gives the folder its place; where there is one already, its folders take the places of those of the same names. */
    void publish(Path target) throws IOException {
        if (!Files.exists(target)) {
            Files.move(folder(), target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        List<Path> folders;
        try (Stream<Path> entries = Files.list(folder())) {
            folders = entries.toList();
        }
        // Renames only: what takes long, to remove the old, comes after the new is in its place.
        Path old = Files.createDirectory(root.resolve("old"));
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
