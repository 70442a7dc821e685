package io.github.mgn4j.internal.io;

import com.google.common.base.CharMatcher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A temporary file beside its target. It is locked until it is renamed or removed, so that other processes can distinguish
 * it from one that a killed process left behind.
 */
final class Aside implements SeekableByteChannel {
    private static final String SUFFIX = ".mgn.part";

    /** Bytes of the target's name that are kept, so that the temporary name does not become too long. */
    private static final int NAME_BYTES = 60;

    /**
     * Files of this process. Cleaning skips them: closing any channel to a file releases a process's locks on it.
     */
    private static final Set<Path> LIVE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Path target;
    private final Path path;
    private final FileChannel channel;
    private @Nullable Path backup;
    private boolean replaces;
    private boolean published;

    private Aside(Path file, Path target, Path path, FileChannel channel) {
        this.file = file;
        this.target = target;
        this.path = path;
        this.channel = channel;
    }

    /** Creates a file beside {@code target}. Failures name {@code file}, the path that the caller passed. */
    static Aside create(Path file, Path target) throws IOException {
        while (true) {
            Path path = sibling(target);
            LIVE.add(path);
            FileChannel channel;
            try {
                channel = FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
            } catch (IOException e) {
                LIVE.remove(path);
                throw named(file, e);
            }
            // Another process may have cleaned the file up before it was locked: then that process holds the lock, or
            // held
            // it.
            if (lock(channel) && Files.exists(path)) {
                return new Aside(file, target, path, channel);
            }
            channel.close();
            LIVE.remove(path);
        }
    }

    private static Path sibling(Path target) {
        String id = UUID.randomUUID().toString().substring(0, 13);
        return target.resolveSibling("." + head(ascii(target.getFileName())) + "." + id + SUFFIX);
    }

    /** Reduces a name to ASCII, since Java cannot create other names in the locale C. */
    private static String ascii(@Nullable Path name) {
        return CharMatcher.ascii().negate().replaceFrom(FileNames.text(Objects.requireNonNull(name)), '_');
    }

    private static String head(String name) {
        int end = 0;
        int bytes = 0;
        while (end < name.length()) {
            int point = name.codePointAt(end);
            bytes += Character.toString(point).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > NAME_BYTES) {
                break;
            }
            end += Character.charCount(point);
        }
        return name.substring(0, end);
    }

    /** Returns whether a lock was acquired, or the file system has no locks. */
    static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (IOException e) {
            return true;
        }
    }

    /** Removes files that killed processes left in a folder. */
    static void clean(Path folder) {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, ".*" + SUFFIX)) {
            for (Path leftover : leftovers) {
                if (!LIVE.contains(leftover) && Files.isRegularFile(leftover, LinkOption.NOFOLLOW_LINKS)) {
                    removeUnlocked(leftover);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A folder may be writable without being readable.
        }
    }

    private static void removeUnlocked(Path leftover) {
        try (FileChannel channel = FileChannel.open(leftover, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                Files.deleteIfExists(leftover);
            }
        } catch (IOException | OverlappingFileLockException e) {
            // The file is locked by another process, or locks are not supported: it stays.
        }
    }

    void force() throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw named(file, e);
        }
    }

    /**
     * Renames the file to its target.
     *
     * @param revocable whether the old file must be kept for {@link #revoke}
     */
    void publish(boolean revocable) throws IOException {
        replaces = Files.exists(target);
        if (revocable && replaces) {
            Path link = sibling(target);
            try {
                backup = Files.createLink(link, target);
                LIVE.add(link);
            } catch (IOException | UnsupportedOperationException e) {
                backup = null; // no hard links on this file system: the old file is lost
            }
        }
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw named(file, e);
        }
        published = true;
    }

    /** Restores the old file, or removes the new one if there was none. */
    void revoke() throws IOException {
        if (published && backup != null) {
            Files.move(backup, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else if (published && !replaces) {
            Files.deleteIfExists(target);
        }
    }

    @Override
    public void close() throws IOException {
        for (Path leftover : backup == null ? new Path[] {path} : new Path[] {path, backup}) {
            Files.deleteIfExists(leftover);
            LIVE.remove(leftover);
        }
        channel.close();
    }

    /**
     * Returns the same failure with the name of the target, for failures that name no file or the temporary one.
     */
    static IOException named(Path file, IOException e) {
        if (e instanceof ClosedChannelException) {
            return e; // the thread was interrupted
        }
        String reason = e.getMessage();
        if (e instanceof AccessDeniedException) {
            reason = "permission denied";
        } else if (e instanceof NoSuchFileException) {
            reason = "no such folder";
        } else if (e instanceof FileSystemException failure) {
            reason = failure.getReason();
        }
        IOException named = new FileSystemException(
                file.toString(), null, "cannot be written: " + (reason == null ? e.toString() : reason));
        named.initCause(e);
        return named;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        try {
            return channel.write(bytes);
        } catch (IOException e) {
            throw named(file, e);
        }
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
        return channel.read(bytes);
    }

    @Override
    public long position() throws IOException {
        return channel.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        channel.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
        channel.truncate(size);
        return this;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }
}
