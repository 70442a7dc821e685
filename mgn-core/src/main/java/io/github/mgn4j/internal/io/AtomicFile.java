package io.github.mgn4j.internal.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Writes a file aside and renames it when it is complete and on disk: readers see the old file or the new one. For several
 * files that belong together there is {@link OutputFiles}.
 *
 * <p>Symbolic links are followed: the file at their end is replaced, they stay. What exists and is no regular file, a pipe or
 * a device, is written to as it is.
 */
public final class AtomicFile {
    /** As many as Linux follows. */
    private static final int LINKS = 40;

    private AtomicFile() {}

    /** Writes a file's contents to a stream. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file's contents to a channel that may seek. */
    @FunctionalInterface
    public interface ChannelContent {
        void writeTo(SeekableByteChannel channel) throws IOException;
    }

    /**
     * Writes a file through a buffered stream; folders that are missing are made.
     *
     * @throws IOException from the file system, naming the file, or from {@code content}; nothing is left behind then
     */
    public static void write(Path file, Content content) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            files.write(file, content);
            files.publish();
        }
    }

    /** Writes a text file in UTF-8; as {@link #write}. */
    public static void writeString(Path file, String text) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            files.writeString(file, text);
            files.publish();
        }
    }

    /** Writes a file through a channel; as {@link #write}, but a pipe or a device, which cannot seek, is refused. */
    public static void writeChannel(Path file, ChannelContent content) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            files.writeChannel(file, content);
            files.publish();
        }
    }

    /**
     * Returns the file that writing to a path writes: the path itself, absolute, or the end of its symbolic links. It need
     * not exist.
     *
     * @throws FileAlreadyExistsException if it is a folder
     * @throws FileSystemException if links lead to themselves, or the file system cannot have such a name
     */
    public static Path target(Path file) throws IOException {
        Path at = file.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(at) && !isStream(at); links++) {
            if (links == LINKS) {
                throw new FileSystemLoopException(file.toString());
            }
            at = at.resolveSibling(Files.readSymbolicLink(at));
        }
        if (Files.isDirectory(at) || at.getFileName() == null) {
            throw new FileAlreadyExistsException(file.toString(), null, "is a folder, expected a file to write");
        }
        try {
            Files.readAttributes(at, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            // It will be made.
        } catch (FileSystemException e) {
            Path folder = at.getParent();
            if (folder == null || Files.isDirectory(folder)) {
                throw new FileSystemException(file.toString(), null, "cannot be written: " + e.getReason());
            }
        }
        return at;
    }

    /** Whether a path is that of a pipe, a device or the like: something that is written to, and never replaced. */
    public static boolean isStream(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }
}
