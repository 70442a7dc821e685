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
 * Writes a file beside its target and renames it once it is complete and on disk. Readers see the old file or the new one.
 * For several files that belong together, use {@link OutputFiles}.
 *
 * <p>Symbolic links are followed: the file at their end is replaced, and the links stay. Existing pipes and devices are
 * written directly.
 */
public final class AtomicFile {
    /** The limit of Linux. */
    private static final int LINKS = 40;

    private AtomicFile() {}

    /** Writes a file's content to a stream. */
    @FunctionalInterface
    public interface Content {
        /** Writes the content; the caller closes the stream. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file's content to a seekable channel. */
    @FunctionalInterface
    public interface ChannelContent {
        /** Writes the content; the caller closes the channel. */
        void writeTo(SeekableByteChannel channel) throws IOException;
    }

    /**
     * Writes a file through a buffered stream and creates missing folders.
     *
     * @throws IOException from the file system, naming the file, or from {@code content}; nothing is left behind then
     */
    public static void write(Path file, Content content) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            files.write(file, content);
            files.publish();
        }
    }

    /** Writes a text file in UTF-8, as {@link #write} does. */
    public static void writeString(Path file, String text) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            files.writeString(file, text);
            files.publish();
        }
    }

    /**
     * Writes a file through a channel, as {@link #write} does, but rejects pipes and devices, which are not seekable.
     */
    public static void writeChannel(Path file, ChannelContent content) throws IOException {
        try (OutputFiles files = new OutputFiles()) {
            files.writeChannel(file, content);
            files.publish();
        }
    }

    /**
     * Returns the file that a write to a path replaces: the absolute path itself, or the end of its symbolic links. It need not
     * exist.
     *
     * @throws FileAlreadyExistsException if the path is a folder
     * @throws FileSystemException if links form a circle, or the file system does not allow such a name
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
            // It will be created.
        } catch (FileSystemException e) {
            Path folder = at.getParent();
            if (folder == null || Files.isDirectory(folder)) {
                throw new FileSystemException(file.toString(), null, "cannot be written: " + e.getReason());
            }
        }
        return at;
    }

    /** Returns whether a path is a pipe, a device or the like, which is written to and never replaced. */
    public static boolean isStream(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }
}
