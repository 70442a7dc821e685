package io.github.mgn4j.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Reserves a folder for one writer among all processes by a lock on the file {@code .mgn.lock} in it, which is removed at
 * the end. The locks of a killed process are released. If the file system has no locks, only writers of this process exclude
 * each other. Thread-safe.
 */
public final class FolderLock implements AutoCloseable {
    private static final String NAME = ".mgn.lock";

    private static final int LONGEST = 1 << 16;

    /**
     * Folders of this process. None is opened twice, since closing any channel to a file releases its locks.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path file;
    private final FileChannel channel;
    /** A random length distinguishes the file from another of the same name without opening it. */
    private final long length;

    private FolderLock(Path folder, Path file, FileChannel channel, long length) {
        this.folder = folder;
        this.file = file;
        this.channel = channel;
        this.length = length;
    }

    /**
     * Locks an existing folder.
     *
     * @throws FileSystemException if another writer holds it
     * @throws IOException if the folder is not writable
     */
    public static FolderLock acquire(Path folder) throws IOException {
        Path file = folder.toRealPath().resolve(NAME);
        String process = ProcessHandle.current().pid() + "\n";
        if (!HELD.add(file)) {
            throw inUse(folder, process);
        }
        boolean held = false;
        try {
            while (true) {
                FolderLock lock = new FolderLock(
                        folder,
                        file,
                        open(folder, file),
                        process.length() + ThreadLocalRandom.current().nextInt(1, LONGEST));
                held = lock.write(process);
                if (held) {
                    return lock;
                }
                lock.channel.close(); // its last holder has just removed it
            }
        } finally {
            if (!held) {
                HELD.remove(file);
            }
        }
    }

    private static FileChannel open(Path folder, Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw Aside.named(folder, e);
        }
        if (!Aside.lock(channel)) {
            channel.close();
            throw inUse(folder, holder(file));
        }
        return channel;
    }

    private boolean write(String process) throws IOException {
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(process.getBytes(StandardCharsets.UTF_8)));
            channel.write(ByteBuffer.allocate(1), length - 1);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            channel.close();
            throw Aside.named(folder, e);
        }
        return isHeld();
    }

    private static FileSystemException inUse(Path folder, String process) {
        return new FileSystemException(
                folder.toString(),
                null,
                "is being written to by %s: wait for its end, or name another folder"
                        .formatted(process.isBlank() ? "another process" : "process " + process.strip()));
    }

    /** Returns the first line of another process's lock file. */
    private static String holder(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    /** Returns whether the folder still exists and is the one that was locked. */
    public boolean isHeld() {
        try {
            return Files.size(file) == length;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Checks that the folder still exists and is the one that was locked.
     *
     * @throws FileSystemException if it is not: output would be lost, or recreated without the rest
     */
    public void checkHeld() throws IOException {
        if (!isHeld()) {
            throw new FileSystemException(
                    folder.toString(), null, "was removed or replaced while it was being written to");
        }
    }

    /** Releases the folder. */
    @Override
    public void close() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        try (channel) {
            if (isHeld()) {
                Files.deleteIfExists(file);
            }
        } finally {
            HELD.remove(file);
        }
    }
}
